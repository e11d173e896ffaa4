/// RFC 4291 section 2.5.5.2, "IPv4-Mapped IPv6 Address": ::ffff:a.b.c.d stands for the IPv4 node
/// a.b.c.d.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4291Section2552, AMappedAddressIsTheIpv4One) {
  const auto unmapped = [](const char* text) {
    return IpAddress::parse(text)->unmapped().to_string();
  };
  EXPECT_EQ(unmapped("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(unmapped("::192.0.2.1"), IpAddress::parse("::192.0.2.1")->to_string());
  EXPECT_EQ(unmapped("2001:db8::1"), "2001:db8::1");
}

}  // namespace
}  // namespace rollcall::rfc
