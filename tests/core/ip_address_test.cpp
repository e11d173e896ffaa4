#include "core/ip_address.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(IpAddress, IsReadAndPrinted) {
  for (const char* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "::ffff:192.0.2.1"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0:0:0:0:1")->to_string(), "2001:db8::1");
}

TEST(IpAddress, HasNoBracketsZoneOrPort) {
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1.", " 192.0.2.1", "[::1]",
                           "fe80::1%eth0", "192.0.2.1:53", "0x7f.1", "1:2:3", "::1::"}) {
    EXPECT_EQ(IpAddress::parse(text), std::nullopt) << text;
  }
  using namespace std::string_view_literals;
  EXPECT_EQ(IpAddress::parse("192.0.2.1\0.example"sv), std::nullopt);
}

TEST(IpAddress, HasFourOrSixteenOctets) {
  const std::uint8_t octets[16] = {192, 0, 2, 1};
  EXPECT_EQ(IpAddress::from_octets(Bytes(octets).first(4)), IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(IpAddress::from_octets(octets), IpAddress::parse("c000:201::"));
  EXPECT_EQ(IpAddress::from_octets(Bytes(octets).first(5)), std::nullopt);
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->unmapped(), IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(IpAddress::parse("::192.0.2.1")->unmapped(), IpAddress::parse("::192.0.2.1"));
}

TEST(Endpoint, IsReadAndPrinted) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:53")->to_string(), "127.0.0.1:53");
  EXPECT_EQ(Endpoint::parse("[::1]:53")->to_string(), "[::1]:53");
  EXPECT_EQ(Endpoint::parse("::1", 53)->to_string(), "[::1]:53");
  EXPECT_EQ(Endpoint::parse("192.0.2.1", 53)->to_string(), "192.0.2.1:53");
  for (const char* text : {"192.0.2.1", "::1", "192.0.2.1:", "192.0.2.1:65536", "[::1]", "[::1:53",
                           "host:53", ":53", "192.0.2.1:+5"}) {
    EXPECT_EQ(Endpoint::parse(text), std::nullopt) << text;
  }
}

TEST(IpPrefix, ContainsItsBlock) {
  const auto prefix = IpPrefix::parse("2001:db8::/33");
  ASSERT_TRUE(prefix);
  EXPECT_TRUE(prefix->contains(*IpAddress::parse("2001:db8:7fff::1")));
  EXPECT_FALSE(prefix->contains(*IpAddress::parse("2001:db8:8000::1")));
  EXPECT_FALSE(prefix->contains(*IpAddress::parse("192.0.2.1")));
  EXPECT_TRUE(IpPrefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("255.255.255.255")));
  EXPECT_EQ(IpPrefix::parse("192.0.2.1")->to_string(), "192.0.2.1/32");
}

TEST(IpPrefix, RefusesBitsBehindItsLength) {
  for (const char* text : {"127.0.0.1/8", "127.0.0.0/33", "::/129", "127.0.0.0/", "127.0.0.0/-1"}) {
    EXPECT_EQ(IpPrefix::parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rollcall
