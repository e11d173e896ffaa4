/// RFC 1876 section 3, "Master File Format": degrees, minutes, seconds and a letter; what is left
/// out is 0, 1m, 10000m, 10m.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1876Section3, CambridgeNet) {
  EXPECT_EQ(wire("LOC 42 21 54 N 71 06 18 W -24m 30m"),
            hex("00 33 16 13 89172dd0 70be15f0 00988d20"));
  EXPECT_EQ(shown("LOC 42 21 54 N 71 06 18 W -24m 30m"),
            "LOC 42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m");
}

TEST(Rfc1876Section3, LoganAirportAndLoiosh) {
  EXPECT_EQ(shown("LOC 42 21 28.764 N 71 00 51.617 W -44m 2000m"),
            "LOC 42 21 28.764 N 71 0 51.617 W -44.00m 2000.00m 10000.00m 10.00m");
  EXPECT_EQ(shown("LOC 42 21 43.952 N 71 5 6.344 W -24m 1m 200m"),
            "LOC 42 21 43.952 N 71 5 6.344 W -24.00m 1.00m 200.00m 10.00m");
}

TEST(Rfc1876Section3, NoPlaceIsFurtherThanAPoleOrHalfWayRound) {
  EXPECT_THAT(said("r LOC 90 0 0.001 N 0 E 0\n"), ElementsAre(HasSubstr("error: ")));
  EXPECT_THAT(said("r LOC 0 N 181 E 0\n"), ElementsAre(HasSubstr("error: ")));
  EXPECT_THAT(said("r LOC 0 60 N 0 E 0\n"), ElementsAre(HasSubstr("error: ")));
}

}  // namespace
}  // namespace rollcall::rfc
