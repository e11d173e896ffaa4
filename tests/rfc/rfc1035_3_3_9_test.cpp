/// RFC 1035 section 3.3.9, "MX RDATA format": a preference and an exchange, whose addresses come
/// along.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section339, AnMxCausesAdditionalSectionProcessingForItsExchange) {
  const Server server("@ MX 10 mail\nmail A 192.0.2.2\nmail AAAA 2001:db8::2\n");
  EXPECT_EQ(server.says("example.com", Type::MX),
            "NOERROR AA\nQUESTION example.com. MX IN\n"
            "ANSWER example.com. 300 MX 10 mail.example.com.\n"
            "ADDITIONAL mail.example.com. 300 A 192.0.2.2\n"
            "ADDITIONAL mail.example.com. 300 AAAA 2001:db8::2\n");
}

TEST(Rfc1035Section339, Rdata) {
  EXPECT_EQ(wire("MX 10 mail.example.net."), hex("000a 046d61696c 076578616d706c65 036e6574 00"));
}

}  // namespace
}  // namespace rollcall::rfc
