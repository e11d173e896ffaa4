#include "zone/transfer_policy.hpp"

#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(TransferPolicy, AllowsNobodyByDefault) {
  EXPECT_FALSE(TransferPolicy{}.allows(ip("127.0.0.1"), std::nullopt));
  EXPECT_FALSE(TransferPolicy{}.allows(ip("127.0.0.1"), name_of("k")));
}

TEST(TransferPolicy, ASecondaryIsKnownByAddressAndKey) {
  const TransferPolicy policy{
      {{{ip("192.0.2.1"), 53}, std::nullopt}, {{ip("192.0.2.2"), 53}, name_of("key")}}, {}};
  EXPECT_TRUE(policy.allows(ip("192.0.2.1"), std::nullopt));
  EXPECT_TRUE(policy.allows(ip("::ffff:192.0.2.1"), std::nullopt));
  EXPECT_TRUE(policy.allows(ip("192.0.2.1"), name_of("other")));
  EXPECT_TRUE(policy.allows(ip("192.0.2.2"), name_of("KEY")));
  EXPECT_FALSE(policy.allows(ip("192.0.2.2"), std::nullopt));
  EXPECT_FALSE(policy.allows(ip("192.0.2.2"), name_of("other")));
  EXPECT_FALSE(policy.allows(ip("192.0.2.3"), name_of("key")));
}

TEST(TransferPolicy, AGrantIsABlockOrAKey) {
  const TransferPolicy policy{
      {}, {{IpPrefix::parse("198.51.100.0/24"), std::nullopt}, {std::nullopt, name_of("key")}}};
  EXPECT_TRUE(policy.allows(ip("198.51.100.7"), std::nullopt));
  EXPECT_TRUE(policy.allows(ip("203.0.113.1"), name_of("key")));
  EXPECT_FALSE(policy.allows(ip("203.0.113.1"), std::nullopt));
  EXPECT_FALSE(policy.allows(ip("2001:db8::1"), name_of("other")));
}

}  // namespace
}  // namespace rollcall::zone
