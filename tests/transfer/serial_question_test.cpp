#include "transfer/serial_question.hpp"

#include <gtest/gtest.h>

#include "transfer/sent_messages.hpp"

namespace rollcall::transfer {
namespace {

SentMessage soa_answer() {
  return SentMessage(dns::Type::SOA);
}
std::string says(SentMessage message) {
  if (!answers_question(message.octets(), sent_name("@"), kSentId)) return "is no answer";
  const auto answer = read_serial_answer(message.octets(), sent_name("@"), {}, kSentAt);
  if (!answer) return answer.error().message;
  if (answer->truncated) return "truncated";
  return std::to_string(answer->serial) +
         (answer->expire ? " for " + std::to_string(*answer->expire) : "");
}

TEST(SerialQuestion, AsksForSoaAndExpire) {
  const auto packet = write_serial_question(sent_name("@"), kSentId);
  const auto question = dns::decode_question(packet);
  EXPECT_EQ(question->type, dns::Type::SOA);
  dns::RecordReader records(packet, question->end);
  dns::WireRecord record;
  ASSERT_TRUE(records.next(record));
  EXPECT_EQ(record.type, dns::Type::OPT);
  EXPECT_EQ(std::vector(record.rdata.begin(), record.rdata.end()),
            (std::vector<std::uint8_t>{0, 9, 0, 0}));
  EXPECT_EQ(records.left(), 0U);
}

TEST(SerialAnswer, HasTheSerialAndTheTimeThatIsLeft) {
  EXPECT_EQ(says(soa_answer().soa(7)), "7");
  SentMessage message = soa_answer().soa(7);
  store_u16(message.octets().data() + dns::header::kArcount, 1);
  for (const int octet : {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 8, 0, 9, 0, 4, 0, 0, 1, 44}) {
    message.octets().push_back(static_cast<std::uint8_t>(octet));
  }
  EXPECT_EQ(says(message), "7 for 300");
}

TEST(SerialAnswer, NamesWhatIsWrong) {
  EXPECT_EQ(says(SentMessage(dns::Type::SOA, "example.com", 1).soa(7)), "is no answer");
  EXPECT_EQ(says(SentMessage(dns::Type::SOA, "example.net").soa(7)), "is no answer");
  EXPECT_EQ(says(soa_answer().flags(0x8600)), "truncated");
  EXPECT_EQ(says(soa_answer().flags(0x8405)), "answered with REFUSED");
  EXPECT_EQ(says(soa_answer().flags(0x8000).soa(7)), "the answer is not authoritative");
  EXPECT_EQ(says(soa_answer()), "the answer has no SOA of the zone");
  SentMessage cut = soa_answer().soa(7);
  cut.octets().pop_back();
  EXPECT_EQ(says(cut), "the answer is malformed");
}

TEST(SerialAnswer, IsSignedWhereTheQuestionWas) {
  const dns::TsigKey key{sent_name("key."), dns::TsigAlgorithm::hmac_sha256, {1, 2, 3}};
  auto question = write_serial_question(sent_name("@"), kSentId);
  const std::size_t size = question.size();
  question.resize(size + dns::kMaxTsigSize);
  question.resize(dns::sign_request(key, question, size, kSentAt));
  const auto answer = read_serial_answer(soa_answer().soa(7).octets(), sent_name("@"),
                                         dns::TsigVerifier(key, question, size), kSentAt);
  EXPECT_EQ(answer.error().message, "the answer is not signed");
}

}  // namespace
}  // namespace rollcall::transfer
