#include "zone/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Load, TheSeedsForwardZoneLoadsWithOneWarning) {
  const LoadReport report = load_text("mydomain.com", read_test_data("seed/db.mydomain.com"));
  ASSERT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report),
              ElementsAre("zone:1:1: warning: no $TTL: records without a TTL get the "
                          "SOA's minimum, 86400"));
  EXPECT_EQ(report.zone->soa().serial, 2000030101U);
  const NodeHeader* www = find_node(*report.zone, "www.mydomain.com");
  ASSERT_NE(www, nullptr);
  ASSERT_NE(www->find(dns::Type::A), nullptr);
  EXPECT_EQ(www->find(dns::Type::A)->count, 3);
  EXPECT_EQ(www->find(dns::Type::A)->ttl, 1U);
  EXPECT_EQ(find_node(*report.zone, "ns1.mydomain.com")->find(dns::Type::A)->ttl, 86400U);
  EXPECT_EQ(find_node(*report.zone, "monitor1.mydomain.com"), nullptr);  // a comment swallowed it
}

TEST(Load, ACancelledLoadEndsAmongGeneratedRecords) {
  const ReadFile read = [](const std::string&) -> Result<std::string> {
    return "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"
           "$GENERATE 0-1000000 h$ TXT x\n";
  };
  int asked = 0;
  const LoadReport report = load_zone({*dns::Name::parse("example.com"), "zone", {}}, read,
                                      [&] { return ++asked > 1000; });
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre("zone: error: the load was cancelled"));
  EXPECT_LT(asked, 1100);
}

TEST(Load, TheSeedsReverseZoneLostItsBlanksAndIsRefused) {
  const LoadReport report =
      load_text("0.168.192.in-addr.arpa", read_test_data("seed/db.0.168.192"));
  EXPECT_EQ(report.zone, nullptr);
  const std::string said =
      "error: owner \"IN\" makes this a record of in.0.168.192.in-addr.arpa: the line probably "
      "lost the blanks before \"IN\"; zone 0.168.192.in-addr.arpa has no NS record";
  EXPECT_THAT(lines(report),
              ElementsAre("zone:1:1: warning: no $TTL: records without a TTL get the "
                          "SOA's minimum, 86400",
                          "zone:8:1: " + said, "zone:9:1: " + said));
}

TEST(Load, TheSeedsReverseZoneLoadsOnceMended) {
  std::string text = read_test_data("seed/db.0.168.192");
  for (std::size_t at = 0; (at = text.find("\nIN NS", at)) != std::string::npos; at += 2) {
    text.insert(at + 1, "        ");
  }
  const LoadReport report = load_text("0.168.192.in-addr.arpa", text);
  ASSERT_NE(report.zone, nullptr);
  EXPECT_EQ(report.diagnostics.size(), 1U);
  EXPECT_EQ((*report.zone->first_in_base()).find(dns::Type::NS)->count, 2);
  EXPECT_NE(find_node(*report.zone, "101.0.168.192.in-addr.arpa")->find(dns::Type::PTR), nullptr);
}

TEST(Load, AHostCalledInIsOnlyWarnedOf) {
  const LoadReport report = load_tail("IN A 192.0.2.9\n");
  EXPECT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report),
              ElementsAre("zone:5:1: warning: owner \"IN\" makes this a record of in.example.com: "
                          "the line probably lost the blanks before \"IN\""));
}

TEST(Load, AMissingFileIsAnError) {
  const LoadReport report = load_files("example.com", {});
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre("zone: error: no such file: zone"));
}

TEST(Load, AnEmptyFileHasNoSoaAndNoNs) {
  const LoadReport report = load_text("example.com", "");
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre("zone: error: zone example.com has no SOA record",
                                         "zone: error: zone example.com has no NS record at its "
                                         "apex"));
}

TEST(Load, EndsOfLineAndTheLastNewlineDoNotMatter) {
  std::string text = kHead + "a A 192.0.2.2";
  const LoadReport plain = load_text("example.com", text);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }
  const LoadReport dos = load_text("example.com", text);
  ASSERT_NE(plain.zone, nullptr);
  ASSERT_NE(dos.zone, nullptr);
  EXPECT_THAT(lines(dos), IsEmpty());
  EXPECT_EQ(plain.zone->records(), dos.zone->records());
  EXPECT_NE(find_node(*dos.zone, "a.example.com")->find(dns::Type::A), nullptr);
}

TEST(Load, WarningsAreCountedBehindTheTwentieth) {
  std::string tail;
  for (int i = 0; i < 25; ++i) tail += "host.example.org. A 192.0.2.2\n";
  const LoadReport report = load_tail(tail);
  ASSERT_NE(report.zone, nullptr);
  ASSERT_EQ(report.diagnostics.size(), 21U);
  EXPECT_EQ(to_string(report.diagnostics.back()), "zone: warning: 5 more warnings are not shown");
}

}  // namespace
}  // namespace rollcall::zone
