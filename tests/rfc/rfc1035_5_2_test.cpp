/// RFC 1035 section 5.2, "Use of master files to define zones": one class, one SOA at the top; a
/// file with errors is not loaded; glue may stand below a cut.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section52, AllRecordsAreOfOneClass) {
  EXPECT_THAT(said("r CH TXT t\n"),
              ElementsAre("zone:5:3: error: class CH is not served: expected IN"));
}

TEST(Rfc1035Section52, ExactlyOneSoaStandsAtTheTop) {
  EXPECT_THAT(said("@ SOA ns other 1 2 3 4 5\n"),
              ElementsAre("zone:5:1: error: zone example.com has 2 SOA records: expected one"));
  EXPECT_THAT(said("r SOA ns root 1 2 3 4 5\n"),
              ElementsAre("zone:5:1: error: SOA record at r.example.com: expected it at the apex, "
                          "example.com"));
  EXPECT_THAT(zone::lines(zone::load_text("example.com", "$TTL 1\n@ NS ns.example.net.\n")),
              ElementsAre("zone: error: zone example.com has no SOA record"));
}

TEST(Rfc1035Section52, GlueAtTheBottomIsWantedWhereItIsNeeded) {
  EXPECT_THAT(said("sub NS ns.sub\nns.sub A 192.0.2.2\n"), IsEmpty());
  EXPECT_THAT(said("sub NS ns.sub\n"),
              ElementsAre("zone:5:1: warning: sub.example.com NS ns.sub.example.com has no glue: "
                          "expected an A or AAAA record for it"));
}

TEST(Rfc1035Section52, WhatIsNotInTheZoneIsLeftOut) {
  const zone::LoadReport report =
      zone::load_text("example.com", std::string(kApex) + "x.example.net. A 192.0.2.2\n");
  ASSERT_TRUE(report.zone);
  EXPECT_THAT(zone::lines(report), ElementsAre(HasSubstr("zone:5:1: warning: ")));
  EXPECT_EQ(report.zone->records(), 3U);
}

}  // namespace
}  // namespace rollcall::rfc
