#include "answer/transfer_peers.hpp"

#include <gtest/gtest.h>

namespace rollcall::answer {
namespace {

TEST(TransferPeersTest, AreSecondariesAndWhatIsNamedNarrowly) {
  const auto grant = [](const char* prefix) {
    return zone::TransferGrant{.prefix = IpPrefix::parse(prefix), .key = std::nullopt};
  };
  const zone::TransferPolicy first{
      .secondaries = {{.address = {*IpAddress::parse("192.0.2.1"), 53}, .key = std::nullopt}},
      .grants = {grant("198.51.100.0/24"), grant("10.0.0.0/8"), grant("203.0.113.9/32")}};
  const zone::TransferPolicy second{
      .secondaries = {},
      .grants = {grant("2001:db8:1::/48"),
                 grant("2001:db8::/32"),
                 {.prefix = std::nullopt, .key = *dns::Name::parse("some.key")}}};
  const TransferPeers peers({&first, &second});
  for (const char* address : {"192.0.2.1", "198.51.100.77", "203.0.113.9", "2001:db8:1:2::3"}) {
    EXPECT_TRUE(peers.contains(*IpAddress::parse(address))) << address;
  }
  for (const char* address : {"192.0.2.2", "10.1.2.3", "203.0.113.8", "2001:db8:2::1"}) {
    EXPECT_FALSE(peers.contains(*IpAddress::parse(address))) << address;
  }
  EXPECT_FALSE(TransferPeers().contains(*IpAddress::parse("192.0.2.1")));
}

}  // namespace
}  // namespace rollcall::answer
