/// RFC 1035 section 5.3, "Master file example": the file of ISI.EDU, with the file that it
/// includes.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kIsi = R"(@   IN  SOA     VENERA      Action\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        NS      VAXA
        MX      10      VENERA
        MX      20      VAXA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32

VAXA    A       10.2.0.27
        A       128.9.0.33


$INCLUDE <SUBSYS>ISI-MAILBOXES.TXT
)";
constexpr const char* kMailboxes = R"(MOE     MB      A.ISI.EDU.
LARRY   MB      A.ISI.EDU.
CURLEY  MB      A.ISI.EDU.
STOOGES MG      MOE
        MG      LARRY
        MG      CURLEY
)";

TEST(Rfc1035Section53, TheFileOfIsi) {
  const zone::LoadReport report =
      zone::load_files("ISI.EDU", {{"zone", kIsi}, {"<SUBSYS>ISI-MAILBOXES.TXT", kMailboxes}});
  ASSERT_TRUE(report.zone) << testing::PrintToString(zone::lines(report));
  EXPECT_FALSE(has_errors(report.diagnostics));
  EXPECT_EQ(report.zone->records(), 17U);
  EXPECT_EQ(report.zone->soa().rname.to_text(), "Action\\.domains.ISI.EDU.");
  EXPECT_EQ(report.zone->soa().serial, 20U);
  EXPECT_EQ(report.zone->soa().ttl, 60U);  // no $TTL: the minimum
  const zone::NodeHeader* stooges = zone::find_node(*report.zone, "STOOGES.ISI.EDU");
  ASSERT_NE(stooges, nullptr);
  EXPECT_EQ(stooges->find(static_cast<Type>(8))->count, 3);
}

}  // namespace
}  // namespace rollcall::rfc
