/// RFC 4291 section 2.2, "Text Representation of Addresses": eight groups, "::" once for those that
/// are zero, the last two as IPv4.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4291Section22, EightGroupsWithoutLeadingZerosOrWith) {
  EXPECT_EQ(wire("AAAA ABCD:EF01:2345:6789:ABCD:EF01:2345:6789"),
            hex("abcd ef01 2345 6789 abcd ef01 2345 6789"));
  EXPECT_EQ(wire("AAAA 2001:DB8:0:0:8:800:200C:417A"),
            wire("AAAA 2001:0db8:0:0000:8:800:200c:417a"));
}

TEST(Rfc4291Section22, TwoColonsStandForGroupsOfZeros) {
  EXPECT_EQ(wire("AAAA 2001:DB8::8:800:200C:417A"), wire("AAAA 2001:DB8:0:0:8:800:200C:417A"));
  EXPECT_EQ(wire("AAAA FF01::101"), wire("AAAA FF01:0:0:0:0:0:0:101"));
  EXPECT_EQ(wire("AAAA ::1"), wire("AAAA 0:0:0:0:0:0:0:1"));
  EXPECT_EQ(wire("AAAA ::"), wire("AAAA 0:0:0:0:0:0:0:0"));
}

TEST(Rfc4291Section22, TheLastTwoGroupsMayBeAnIpv4Address) {
  EXPECT_EQ(wire("AAAA ::13.1.68.3"), wire("AAAA 0:0:0:0:0:0:d01:4403"));
  EXPECT_EQ(wire("AAAA ::FFFF:129.144.52.38"), wire("AAAA 0:0:0:0:0:ffff:8190:3426"));
}

TEST(Rfc4291Section22, AnythingElseIsNoAddress) {
  for (const char* text :
       {"1::2::3", "1:2:3", "12345::", "1:2:3:4:5:6:7:8:9", "::1.2.3", ":1", "1:"}) {
    EXPECT_THAT(said(std::string("r AAAA ") + text + "\n"),
                ElementsAre(HasSubstr("expected an IPv6 address")))
        << text;
  }
}

}  // namespace
}  // namespace rollcall::rfc
