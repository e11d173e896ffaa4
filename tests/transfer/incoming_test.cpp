#include "transfer/incoming.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/sent_messages.hpp"

namespace rollcall::transfer {
namespace {

using dns::Type;

SentMessage axfr() {
  return SentMessage(Type::AXFR);
}
SentMessage ixfr() {
  return SentMessage(Type::IXFR);
}
SentMessage later() {
  return SentMessage::later();
}

const std::string kSoaLine =
    "example.com. 60 IN SOA ns1.example.com. root.example.com. 7 2 3 4 5\n";

TEST(IncomingAxfr, IsTheTextOfTheZone) {
  EXPECT_EQ(
      received(
          {axfr().soa(7).add("@ NS ns1").add("Www A 192.0.2.1").add("www A 192.0.2.2").soa(7)}),
      kSoaLine +
          " 60 IN NS ns1.example.com.\n"
          "Www.example.com. 60 IN A 192.0.2.1\n 60 IN A 192.0.2.2\n");
}

TEST(IncomingAxfr, MayTakeManyMessages) {
  EXPECT_EQ(received({axfr().soa(7), later().add("@ NS ns1"), axfr().add("www A 192.0.2.1"),
                      later().soa(7)}),
            kSoaLine + " 60 IN NS ns1.example.com.\nwww.example.com. 60 IN A 192.0.2.1\n");
  EXPECT_EQ(received({axfr().soa(7), later().add("@ NS ns1")}), "unfinished");
}

TEST(IncomingAxfr, LeavesOutWhatIsOutsideOfTheZone) {
  EXPECT_EQ(received({axfr().soa(7).add("www.example.net. A 192.0.2.1").soa(7)}), kSoaLine);
}

TEST(IncomingAxfr, NamesEachMalformedForm) {
  const auto says = [](std::vector<SentMessage> messages, const std::string& error) {
    EXPECT_EQ(received(std::move(messages)), error);
  };
  says({axfr().add("@ NS ns1").soa(7)}, "the answer does not begin with the SOA");
  says({axfr()}, "the answer has no record");
  says({axfr().soa(7), later(), later().soa(7)}, "a message has no record");
  says({axfr().soa(7).soa(8)}, "the closing SOA differs from the opening one");
  says({axfr().soa(7).soa(7).add("@ NS ns1")}, "records follow the closing SOA");
  says({axfr().soa(7).add("www SOA ns1 root 7 2 3 4 5")},
       "the SOA of www.example.com is in the zone");
  says({axfr().soa(7).add("@ NS ns1", dns::Class::CH)}, "example.com NS is of class CH, not IN");
  const std::vector<std::uint8_t> three{1, 2, 3};
  says({axfr().soa(7).raw("www", Type::A, dns::Class::IN, 60, three)},
       "www.example.com A has broken RDATA");
  says({axfr().soa(7).raw("www", Type::ANY, dns::Class::IN, 60, three)},
       "www.example.com ANY cannot be in a zone");
  says({axfr().flags(0).soa(7)}, "a message is no response");
  says({axfr().flags(0xa400).soa(7)}, "a message has another opcode");
  says({axfr().flags(0x8600).soa(7)}, "a message is truncated");
  says({axfr().flags(0x8005)}, "answered with REFUSED");
  says({SentMessage(Type::AXFR, "example.com", 1).soa(7)}, "a message has another ID");
  says({SentMessage(Type::AXFR, "example.net").soa(7)}, "a message has another question");
  says({ixfr().soa(7)}, "a message has another question");
  says({later().soa(7)}, "the first message has no question");
  SentMessage cut = axfr().soa(7);
  cut.octets().pop_back();
  says({cut}, "a message ends within a record");
  SentMessage more = axfr().soa(7);
  more.octets().push_back(0);
  says({more}, "octets follow the last record of a message");
  SentMessage header = axfr();
  header.octets().resize(11);
  says({header}, "a message is shorter than its header");
  SentMessage two = axfr().soa(7);
  two.octets()[5] = 2;
  says({two}, "a message has more than one question");
}

TEST(IncomingAxfr, ATtlWithTheHighestBitIsZero) {
  EXPECT_THAT(received({axfr().soa(7).add("www A 192.0.2.1", dns::Class::IN, 0x80000000).soa(7)}),
              testing::HasSubstr("www.example.com. 0 IN A 192.0.2.1"));
}

TEST(IncomingIxfr, IsAChainOfChanges) {
  EXPECT_EQ(received({ixfr().soa(9).soa(7).add("www A 192.0.2.1").soa(8).add("www A 192.0.2.2"),
                      SentMessage::later().soa(8).soa(9).add("a A 192.0.2.3").soa(9)},
                     7),
            "7 to 8\n- www.example.com. A 192.0.2.1\n+ www.example.com. A 192.0.2.2\n"
            "8 to 9\n+ a.example.com. A 192.0.2.3\n");
}

TEST(IncomingIxfr, MayBeTheWholeZone) {
  EXPECT_EQ(received({ixfr().soa(7).add("@ NS ns1").soa(7)}, 3),
            kSoaLine + " 60 IN NS ns1.example.com.\n");
  EXPECT_EQ(received({ixfr().soa(7), later().add("@ NS ns1").soa(7)}, 3),
            kSoaLine + " 60 IN NS ns1.example.com.\n");
}

TEST(IncomingIxfr, OneSoaAloneMeansThatNothingIsNewer) {
  EXPECT_EQ(received({ixfr().soa(7)}, 7), "up to date at 7\n");
  EXPECT_EQ(received({ixfr().soa(6)}, 7), "up to date at 6\n");
  EXPECT_EQ(received({ixfr().soa(8)}, 7), "unfinished");
}

TEST(IncomingIxfr, NamesChangesThatDoNotFit) {
  EXPECT_EQ(received({ixfr().soa(9).soa(6)}, 7), "the changes begin at serial 6, not at 7");
  EXPECT_EQ(received({ixfr().soa(9).soa(7).soa(7)}, 7), "the changes lead from serial 7 back to 7");
  EXPECT_EQ(received({ixfr().soa(9).soa(7).soa(8).soa(9)}, 7),
            "after changes to serial 8, others begin at 9");
}

/// Messages of one record, until the transfer fails.
std::string filled(IncomingTransfer transfer, SentMessage first, const std::string& line) {
  Result<bool> done = transfer.take(first.octets(), kSentAt);
  for (int i = 0; i < 1000 && done; ++i) {
    SentMessage more = later().add(line);
    done = transfer.take(more.octets(), kSentAt);
    EXPECT_LE(transfer.memory(), 10'000U);
  }
  return done ? "no limit" : done.error().message;
}

TEST(IncomingTransferLimits, HoldForTextAndForChanges) {
  const TransferLimits limits{.text = 5000, .changes = 6000};
  const TransferRequest whole{sent_name("@"), kSentId, {}};
  EXPECT_EQ(filled({whole, {}, limits}, axfr().soa(7), "www A 192.0.2.1"),
            "the zone is larger than 5000 octets of text");
  const TransferRequest changes{sent_name("@"), kSentId, 7};
  EXPECT_EQ(filled({changes, {}, limits}, ixfr().soa(8).soa(7), "www A 192.0.2.1"),
            "the changes take more than 6000 octets of memory");
}

std::vector<std::uint8_t> request_of(std::optional<std::uint32_t> serial) {
  return write_transfer_request({sent_name("@"), kSentId, serial});
}

TEST(TransferRequest, HasTheSerialThatWeHave) {
  const auto whole = request_of({});
  EXPECT_EQ(dns::decode_question(whole)->type, Type::AXFR);
  const auto changes = request_of(77);
  const auto question = dns::decode_question(changes);
  EXPECT_EQ(question->type, Type::IXFR);
  dns::RecordReader records(changes, question->end);
  dns::WireRecord record;
  ASSERT_TRUE(records.next(record));
  EXPECT_EQ(record.section, dns::Section::authority);
  EXPECT_EQ(dns::serial_of(record), 77U);
  EXPECT_EQ(records.left(), 0U);
}

/// A signed transfer, whose primary signs as our own server does.
class SignedTransfer : public testing::Test {
 protected:
  SignedTransfer() {
    std::vector<std::uint8_t> request = request_of({});
    const std::size_t size = request.size();
    request.resize(size + dns::kMaxTsigSize);
    request.resize(dns::sign_request(key_, request, size, kSentAt));
    store_u16(request.data() + dns::header::kArcount, 1);
    primary_ = dns::TsigSession::verify(request, size, std::span(&key_, 1), kSentAt);
    transfer_.emplace(TransferRequest{sent_name("@"), kSentId, {}},
                      dns::TsigVerifier(key_, request, size));
  }
  std::vector<std::uint8_t> sign(SentMessage message) {
    std::vector<std::uint8_t> octets = message.octets();
    const std::size_t size = octets.size();
    octets.resize(size + dns::kMaxTsigSize);
    octets.resize(primary_->sign(octets, size, kSentAt));
    return octets;
  }
  std::string take(const std::vector<std::uint8_t>& message, WallTime now = kSentAt) {
    const Result<bool> done = transfer_->take(message, now);
    if (!done) return done.error().message;
    return *done ? "complete" : "more";
  }

  dns::TsigKey key_{sent_name("key."), dns::TsigAlgorithm::hmac_sha256,
                    std::vector<std::uint8_t>(32, 7)};
  std::optional<dns::TsigSession> primary_;
  std::optional<IncomingTransfer> transfer_;
};

TEST_F(SignedTransfer, EachSignatureCoversTheOneBefore) {
  EXPECT_EQ(take(sign(axfr().soa(7))), "more");
  EXPECT_EQ(take(sign(later().add("@ NS ns1"))), "more");
  EXPECT_EQ(take(sign(later().soa(7))), "complete");
}

TEST_F(SignedTransfer, AMessageMayNotBeLeftOut) {
  EXPECT_EQ(take(sign(axfr().soa(7))), "more");
  sign(later().add("@ NS ns1"));
  EXPECT_EQ(take(sign(later().soa(7))), "the signature is wrong");
}

TEST_F(SignedTransfer, TheFirstAndTheLastMessageAreSigned) {
  EXPECT_EQ(take(axfr().soa(7).octets()), "the answer is not signed");
}

TEST_F(SignedTransfer, AnUnsignedEndIsRefused) {
  EXPECT_EQ(take(sign(axfr().soa(7))), "more");
  EXPECT_EQ(take(later().add("@ NS ns1").soa(7).octets()), "the last message is not signed");
}

TEST_F(SignedTransfer, MoreThan99UnsignedMessagesAreRefused) {
  EXPECT_EQ(take(sign(axfr().soa(7))), "more");
  for (unsigned i = 0; i < 99; ++i) EXPECT_EQ(take(later().add("a A 192.0.2.1").octets()), "more");
  EXPECT_EQ(take(later().add("a A 192.0.2.1").octets()),
            "too many messages in a row are not signed");
}

TEST_F(SignedTransfer, AnotherTimeIsRefused) {
  EXPECT_EQ(take(sign(axfr().soa(7)), kSentAt + std::chrono::seconds(301)),
            "the signature's time is too far from ours");
}

TEST_F(SignedTransfer, AChangedMessageIsRefused) {
  auto message = sign(axfr().soa(7).add("www A 192.0.2.1").soa(7));
  message[40] ^= 1;
  EXPECT_EQ(take(message), "the signature is wrong");
}

TEST(UnsignedTransfer, MayNotBeSigned) {
  IncomingTransfer transfer({sent_name("@"), kSentId, {}}, {});
  SentMessage message = axfr().soa(7);
  const std::vector<std::uint8_t> record{0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0};
  store_u16(message.octets().data() + dns::header::kArcount, 1);
  message.octets().insert(message.octets().end(), record.begin(), record.end());
  EXPECT_EQ(transfer.take(message.octets(), kSentAt).error().message,
            "a message is signed, and the request was not");
}

}  // namespace
}  // namespace rollcall::transfer
