#include "takeover/interfaces.hpp"

#include <gmock/gmock.h>

#include "takeover/check_rights.hpp"

namespace rollcall::takeover {
namespace {

IpAddress host_at(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(Interfaces, HasTheLoopback) {
  const auto interfaces = read_interfaces();
  ASSERT_TRUE(interfaces);
  EXPECT_THAT(interfaces->names, testing::Contains("lo"));
}

TEST(Interfaces, KnowsNeighbours) {
  const InterfaceAddress v4{"eth0", host_at("192.0.2.3"), 25};
  EXPECT_TRUE(v4.is_neighbour(host_at("192.0.2.80")));
  EXPECT_FALSE(v4.is_neighbour(host_at("192.0.2.128")));
  EXPECT_FALSE(v4.is_neighbour(host_at("2001:db8::80")));
  EXPECT_FALSE(v4.is_alone());
  const InterfaceAddress v6{"eth0", host_at("2001:db8::80"), 128};
  EXPECT_TRUE(v6.is_neighbour(host_at("2001:db8::80")));
  EXPECT_FALSE(v6.is_neighbour(host_at("2001:db8::81")));
  EXPECT_TRUE(v6.is_alone());
}

TEST(CheckRights, NothingAllowedIsNothingWrong) {
  EXPECT_THAT(check_rights({}), testing::IsEmpty());
}

TEST(CheckRights, NamesAnInterfaceThatIsNotThere) {
  NodeRights rights;
  rights.floating[host_at("192.0.2.80")] = {.interface = "no-such0", .where = {}};
  std::vector<std::string> messages;
  for (const Diagnostic& found : check_rights(rights)) messages.push_back(found.message);
  EXPECT_THAT(messages, testing::Contains("there is no interface no-such0"));
}

}  // namespace
}  // namespace rollcall::takeover
