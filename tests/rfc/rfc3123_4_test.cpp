/// RFC 3123 section 4, "APL RDATA format": family, prefix length, a bit for "not", the address
/// without its trailing zero octets.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3123Section4, TrailingZeroOctetsAreLeftOut) {
  EXPECT_EQ(wire("APL 1:192.168.32.0/21 !1:192.168.38.0/28"),
            hex("0001 15 03 c0a820 0001 1c 83 c0a826"));
  EXPECT_EQ(wire("APL 1:224.0.0.0/4 2:FF00:0:0:0:0:0:0:0/8"), hex("0001 04 01 e0 0002 08 01 ff"));
  EXPECT_EQ(wire("APL 1:0.0.0.0/0"), hex("0001 00 00"));
}

TEST(Rfc3123Section4, AnAddressThatEndsInAZeroOctetIsNoApl) {
  EXPECT_THAT(said("r APL \\# 8 0001 18 04 c0000200\n"),
              ElementsAre(HasSubstr("are not a valid APL record")));
  EXPECT_THAT(said("r APL \\# 7 0001 18 03 c00002\n"), IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
