/// RFC 1712: GPOS: longitude, latitude and altitude as texts.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1712, ThreeTexts) {
  EXPECT_EQ(wire("GPOS -32.6882 116.8652 10.0"),
            hex("08 2d33322e36383832 08 3131362e38363532 04 31302e30"));
}

}  // namespace
}  // namespace rollcall::rfc
