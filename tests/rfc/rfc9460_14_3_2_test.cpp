/// RFC 9460 section 14.3.2, "Initial Contents": the numbers of the keys.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section1432, TheKeysAndTheirNumbers) {
  const std::pair<const char*, const char*> keys[] = {
      {"alpn=h2", "0001 0003 026832"},
      {"port=53", "0003 0002 0035"},
      {"ipv4hint=192.0.2.1", "0004 0004 c0000201"},
      {"ech=AQID", "0005 0003 010203"},
      {"ipv6hint=2001:db8::1", "0006 0010 20010db8000000000000000000000001"},
      {"key65534", "fffe 0000"}};
  for (const auto& [text, octets] : keys) {
    EXPECT_EQ(wire(std::string("SVCB 1 . ") + text), hex(std::string("0001 00") + octets));
  }
  EXPECT_EQ(wire("SVCB 1 . mandatory=port port=53"), hex("0001 00 0000 0002 0003 0003 0002 0035"));
}

}  // namespace
}  // namespace rollcall::rfc
