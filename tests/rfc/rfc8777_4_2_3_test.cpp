/// RFC 8777 section 4.2.3, "RData Format - Type": no relay, an IPv4 address, an IPv6 address or a
/// name; the examples of section 4.3.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8777Section423, TheTypeSaysWhatTheRelayIs) {
  EXPECT_EQ(wire("AMTRELAY 10 0 1 203.0.113.15"), hex("0a 01 cb00710f"));
  EXPECT_EQ(wire("AMTRELAY 10 0 2 2001:db8::15"), hex("0a 02 20010db8 00000000 00000000 00000015"));
  EXPECT_EQ(wire("AMTRELAY 128 1 3 amtrelays.example.com."),
            hex("80 83 09616d7472656c617973 076578616d706c65 03636f6d 00"));
  EXPECT_EQ(wire("AMTRELAY 10 0 0 ."), hex("0a 00"));
}

}  // namespace
}  // namespace rollcall::rfc
