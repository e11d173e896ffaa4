#include "transfer/zone_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "transfer/sent_messages.hpp"
#include "zone/load.hpp"

namespace rollcall::transfer {
namespace {

std::shared_ptr<const zone::Zone> zone_of(const std::string& text) {
  auto report = zone::load_zone({sent_name("@"), "zone", {}},
                                [&](const std::string&) -> Result<std::string> { return text; });
  EXPECT_NE(report.zone, nullptr) << text;
  return report.zone;
}

const std::string kText =
    "example.com. 60 IN SOA ns1.example.com. root.example.com. 7 2 3 4 5\n"
    " 60 IN NS ns1.example.com.\n"
    "ns1.example.com. 60 IN A 192.0.2.1\n"
    "\\*\\.\\;.example.com. 60 IN TXT \"a;b\\\"\" \"\\001\"\n"
    "www.example.com. 300 IN A 192.0.2.2\n"
    " 300 IN TYPE65280 \\# 2 abcd\n";

std::string changed(std::vector<SentMessage> messages) {
  IncomingTransfer transfer({sent_name("@"), kSentId, 7}, {});
  for (SentMessage& message : messages) {
    const Result<bool> done = transfer.take(message.octets(), kSentAt);
    EXPECT_TRUE(done) << done.error().message;
  }
  const auto content = std::move(transfer).content();
  const auto text = changed_text(*zone_of(kText), std::get<Changes>(content));
  return text ? *text : text.error().message;
}

SentMessage changes_sent() {
  return SentMessage(dns::Type::IXFR);
}

TEST(ZoneText, LoadsAsTheSameZone) {
  const std::string text = zone_text(*zone_of(kText));
  EXPECT_EQ(text, zone_text(*zone_of(text)));
  EXPECT_EQ(text.substr(0, text.find('\n') + 1), kText.substr(0, kText.find('\n') + 1));
  EXPECT_NE(text.find("TXT \"a;b\\\"\" \"\\001\""), std::string::npos) << text;
  EXPECT_NE(text.find("TYPE65280 \\# 2 ABCD"), std::string::npos) << text;
}

TEST(ChangedText, HasWhatCameAndNotWhatWent) {
  const std::string text = changed({changes_sent()
                                        .soa(9)
                                        .soa(7)
                                        .add("WWW A 192.0.2.2")
                                        .soa(8)
                                        .add("www A 192.0.2.3")
                                        .add("new A 192.0.2.4")
                                        .soa(8)
                                        .add("new A 192.0.2.4")
                                        .soa(9)
                                        .soa(9)});
  const auto zone = zone_of(text);
  EXPECT_EQ(zone->soa().serial, 9U);
  EXPECT_EQ(zone->records(), 6U);
  EXPECT_NE(text.find("192.0.2.3"), std::string::npos) << text;
  EXPECT_EQ(text.find("192.0.2.2"), std::string::npos) << text;
  EXPECT_EQ(text.find("192.0.2.4"), std::string::npos) << text;
}

TEST(ChangedText, RefusesChangesThatDoNotFit) {
  EXPECT_EQ(changed({changes_sent().soa(8).soa(7).add("www A 192.0.2.9").soa(8).soa(8)}),
            "the changes remove www.example.com A, which is not there");
  EXPECT_EQ(changed({changes_sent().soa(8).soa(7).soa(8).add("www A 192.0.2.2").soa(8)}),
            "the changes add www.example.com A, which is there");
}

/// `count` TXT records of one name, each with 10 octets of RDATA.
SentMessage& add_many(SentMessage& message, int count) {
  for (int i = 0; i < count; ++i) message.add("many TXT " + std::to_string(100'000'000 + i));
  return message;
}

TEST(ChangedText, RefusesAnRrsetThatNoMessageCanHold) {
  const std::string too_large =
      "the changes make many.example.com TXT larger than a message can hold (at most 64392 octets)";
  SentMessage fits = changes_sent().soa(8).soa(7).soa(8);
  EXPECT_EQ(zone_of(changed({add_many(fits, 2'900).soa(8)}))->records(), 2'906U);
  SentMessage large = changes_sent().soa(8).soa(7).soa(8);
  EXPECT_EQ(changed({add_many(large, 3'000).soa(8)}), too_large);
}

/// Records that left make room for others.
TEST(ChangedText, CountsWhatIsThereAfterEachStep) {
  SentMessage first = changes_sent().soa(9).soa(7).soa(8);
  add_many(first, 2'900).soa(8);
  SentMessage second = add_many(first, 2'900).soa(9).add("many TXT new").soa(9);
  EXPECT_EQ(zone_of(changed({second}))->records(), 7U);
}

TEST(ChangedText, RefusesATextThatNoFileMayHave) {
  IncomingTransfer transfer({sent_name("@"), kSentId, 7}, {});
  SentMessage message = changes_sent().soa(8).soa(7).soa(8).add("new A 192.0.2.4").soa(8);
  EXPECT_TRUE(transfer.take(message.octets(), kSentAt));
  const auto content = std::move(transfer).content();
  const auto text = changed_text(*zone_of(kText), std::get<Changes>(content), kText.size());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message,
            fmt::format("the changes make the zone larger than {} octets of text", kText.size()));
}

TEST(ChangedText, ComparesNamesInRdataWithoutCase) {
  const std::string text =
      changed({changes_sent().soa(8).soa(7).add("@ NS NS1").soa(8).add("@ NS ns2").soa(8)});
  EXPECT_EQ(text.find("NS ns1.example.com."), std::string::npos) << text;
  EXPECT_NE(text.find("NS ns2.example.com."), std::string::npos) << text;
}

}  // namespace
}  // namespace rollcall::transfer
