/// RFC 3596 section 2.2, "AAAA data format": 128 bits, the high octet first.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3596Section22, SixteenOctets) {
  EXPECT_EQ(wire("AAAA 4321:0:1:2:3:4:567:89ab"), hex("4321 0000 0001 0002 0003 0004 0567 89ab"));
  EXPECT_EQ(wire("AAAA ::ffff:192.0.2.1"), hex("0000 0000 0000 0000 0000 ffff c000 0201"));
}

}  // namespace
}  // namespace rollcall::rfc
