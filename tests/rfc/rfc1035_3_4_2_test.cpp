/// RFC 1035 section 3.4.2, "WKS RDATA format": an address, a protocol, and a bit for each port;
/// SMTP over TCP is the 26th bit.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section342, SmtpIsThe26thBit) {
  EXPECT_EQ(wire("WKS 10.0.0.1 TCP 25"), hex("0a000001 06 00000040"));
  EXPECT_EQ(wire("WKS 10.0.0.1 TCP SMTP"), wire("WKS 10.0.0.1 6 25"));
}

TEST(Rfc1035Section342, TheBitsEndWithTheLastOneThatIsSet) {
  EXPECT_EQ(wire("WKS 10.0.0.1 UDP"), hex("0a000001 11"));
  EXPECT_EQ(wire("WKS 10.0.0.1 UDP 0 7"), hex("0a000001 11 81"));
  EXPECT_EQ(shown("WKS 10.0.0.1 UDP domain echo"), "WKS 10.0.0.1 17 7 53");
}

}  // namespace
}  // namespace rollcall::rfc
