/// RFC 4025 section 2.3, "RDATA Format - Gateway Type": none, an IPv4 address, an IPv6 address, a
/// name in wire form.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4025Section23, TheTypeSaysWhatTheGatewayIs) {
  EXPECT_EQ(wire("IPSECKEY 10 0 0 ."), hex("0a 00 00"));
  EXPECT_EQ(wire("IPSECKEY 10 1 0 192.0.2.3"), hex("0a 01 00 c0000203"));
  EXPECT_EQ(wire("IPSECKEY 10 2 0 2001:db8::1"),
            hex("0a 02 00 20010db8 00000000 00000000 00000001"));
  EXPECT_EQ(wire("IPSECKEY 10 3 0 gw."), hex("0a 03 00 026777 00"));
}

TEST(Rfc4025Section23, AGatewayOfAnotherTypeIsWrong) {
  for (const char* text : {"0 0 192.0.2.3", "1 0 gw.", "2 0 192.0.2.3", "4 0 ."}) {
    EXPECT_THAT(said(std::string("r IPSECKEY 10 ") + text + "\n"),
                ElementsAre(HasSubstr("error: ")));
  }
}

}  // namespace
}  // namespace rollcall::rfc
