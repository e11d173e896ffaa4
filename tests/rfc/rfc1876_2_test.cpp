/// RFC 1876 section 2, "RDATA Format": version, size and two precisions as digit and power of ten,
/// latitude, longitude, altitude.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1876Section2, AnglesAreThousandthsOfASecondFromTheMiddle) {
  EXPECT_EQ(wire("LOC 0 N 0 E 0"), hex("00 12 16 13 80000000 80000000 00989680"));
  EXPECT_EQ(wire("LOC 0 0 0.001 N 0 0 0.001 W 0"), hex("00 12 16 13 80000001 7fffffff 00989680"));
}

TEST(Rfc1876Section2, ASizeIsADigitAndAPowerOfTenInCentimetres) {
  EXPECT_EQ(wire("LOC 0 N 0 E 0 0.01m 90000000m 0m"),
            hex("00 10 99 00 80000000 80000000 00989680"));
}

TEST(Rfc1876Section2, AltitudeIsCentimetresAbove100KilometresBelow) {
  EXPECT_EQ(wire("LOC 0 N 0 E -100000m"), hex("00 12 16 13 80000000 80000000 00000000"));
  EXPECT_EQ(wire("LOC 0 N 0 E 42849672.95m"), hex("00 12 16 13 80000000 80000000 ffffffff"));
}

}  // namespace
}  // namespace rollcall::rfc
