/// The argument lists; tests/system runs them.
#include "takeover/commands.hpp"

#include <gmock/gmock.h>

namespace rollcall::takeover {
namespace {

using testing::ElementsAre;

IpAddress at(std::string_view text) {
  return *IpAddress::parse(text);
}

/// Without the folder of the program.
std::string line_of(const Argv& argv) {
  std::string line = argv[0].substr(argv[0].rfind('/') + 1);
  for (std::size_t i = 1; i < argv.size(); ++i) line += " " + argv[i];
  return line;
}

TEST(Commands, MoveAddressesAlone) {
  EXPECT_EQ(line_of(add_address(at("192.0.2.80"), "eth0")),
            "ip address add 192.0.2.80/32 dev eth0");
  EXPECT_EQ(line_of(add_address(at("2001:db8::80"), "eth0")),
            "ip address add 2001:db8::80/128 dev eth0 nodad preferred_lft 0");
  EXPECT_EQ(line_of(remove_address(at("192.0.2.80"), "eth0")),
            "ip address del 192.0.2.80/32 dev eth0");
}

TEST(Commands, TellNeighbours) {
  std::vector<std::string> lines;
  for (const char* address : {"192.0.2.80", "2001:db8::80"}) {
    for (const Argv& argv : announce(at(address), "eth0")) lines.push_back(line_of(argv));
  }
  EXPECT_THAT(lines, ElementsAre("arping -q -U -c 1 -w 1 -I eth0 -s 192.0.2.80 192.0.2.80",
                                 "arping -q -A -c 1 -w 1 -I eth0 -s 192.0.2.80 192.0.2.80",
                                 "ndptool -t na -U -i eth0 -T 2001:db8::80 send"));
}

TEST(Commands, ReplaceTheWholeTable) {
  EXPECT_EQ(line_of(set_forwards({}, {})),
            "nft add table inet rollcall; delete table inet rollcall;");
  const std::string rules = set_forwards({{.port = 80, .to = at("192.0.2.4")},
                                          {.port = 53, .udp = true, .to = at("2001:db8::4")}},
                                         {at("192.0.2.1"), at("192.0.2.2")})
                                .back();
  EXPECT_THAT(rules, testing::StartsWith(
                         "add table inet rollcall; delete table inet rollcall; add table inet"));
  EXPECT_THAT(rules, testing::HasSubstr(
                         "prerouting meta nfproto ipv4 ip saddr != { 192.0.2.1, 192.0.2.2 } fib "
                         "daddr type local tcp dport 80 dnat ip to 192.0.2.4;"));
  EXPECT_THAT(rules, testing::HasSubstr("prerouting meta nfproto ipv6 fib daddr type local udp "
                                        "dport 53 dnat ip6 to 2001:db8::4;"));
  EXPECT_THAT(rules,
              testing::HasSubstr("postrouting ip daddr 192.0.2.4 tcp dport 80 ct status dnat "
                                 "masquerade;"));
}

}  // namespace
}  // namespace rollcall::takeover
