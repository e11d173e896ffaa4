/// take_over, and the key `forward` of pools.
#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

IpAddress node_at(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(StandinsSection, IsRead) {
  const ParsedOptions parsed = parse(R"(zones: {mydomain.com: {file: db}}
checks: {web: {type: http}}
agents: {key_file: agent.key}
take_over:
  192.0.2.80: {owner: 192.0.2.3, takers: [192.0.2.4, 192.0.2.5]}
  "2001:db8::80": {owner: "2001:db8::3", takers: ["2001:db8::4"], interval: 2s}
pools:
  www.mydomain.com: {check: web, forward: {service: web, to: [192.0.2.4]}}
)");
  ASSERT_TRUE(parsed.options);
  EXPECT_THAT(parsed.options->take_overs,
              ElementsAre(pool::TakeOverSpec{.address = node_at("192.0.2.80"),
                                             .owner = node_at("192.0.2.3"),
                                             .takers = {node_at("192.0.2.4"), node_at("192.0.2.5")},
                                             .interval = 5s},
                          pool::TakeOverSpec{.address = node_at("2001:db8::80"),
                                             .owner = node_at("2001:db8::3"),
                                             .takers = {node_at("2001:db8::4")},
                                             .interval = 2s}));
  const pool::ForwardSpec forward{.service = "web", .to = {node_at("192.0.2.4")}};
  EXPECT_EQ(parsed.options->pools.at(0).forward, forward);
}

TEST(StandinsSection, NamesWhatIsWrong) {
  EXPECT_THAT(
      messages_after_check(R"(agents: {keys_dir: keys}
take_over:
  192.0.2.80: {owner: 192.0.2.80, takers: []}
  192.0.2.81: {owner: 192.0.2.3, takers: [192.0.2.3, 192.0.2.4, 192.0.2.4], interval: 1ms}
  192.0.2.82: {owner: "2001:db8::3", takers: [node]}
  192.0.2.83: {takers: [192.0.2.4]}
  node: {owner: 192.0.2.3, takers: [192.0.2.4]}
)"),
      ElementsAre(
          "r.yaml:2:10: warning: no pool uses the check \"web\"",
          "r.yaml:5:23: error: take_over.192.0.2.80.owner must be an address of the node's own, "
          "not 192.0.2.80",
          "r.yaml:5:43: error: take_over.192.0.2.80.takers must name at least one node",
          "r.yaml:6:43: error: take_over.192.0.2.81.takers names the owner, 192.0.2.3",
          "r.yaml:6:65: error: take_over.192.0.2.81.takers names 192.0.2.4 twice",
          "r.yaml:6:87: error: take_over.192.0.2.81.interval must be from 1s to 1h, not 1ms",
          "r.yaml:7:23: error: take_over.192.0.2.82.owner must be an IPv4 address, as 192.0.2.82 "
          "is",
          "r.yaml:7:47: error: \"node\" is not an IP address",
          "r.yaml:8:15: error: take_over.192.0.2.83 needs the key \"owner\"",
          "r.yaml:9:3: error: \"node\" is not an IP address"));
}

TEST(StandinsSection, NeedsAKey) {
  EXPECT_THAT(
      messages_after_check(R"(take_over:
  192.0.2.80: {owner: 192.0.2.3, takers: [192.0.2.4]}
pools:
  www.mydomain.com: {check: web, forward: {service: web, to: [192.0.2.4]}}
  mx.mydomain.com: {check: web, records: MX, forward: {service: -x, to: []}}
)"),
      ElementsAre(
          "r.yaml:4:3: error: take_over needs agents.keys_dir: without keys no agent can be asked",
          "r.yaml:6:43: error: pools.www.mydomain.com.forward needs agents.keys_dir: without keys "
          "no agent can be asked",
          "r.yaml:7:55: error: pools.mx.mydomain.com.forward cannot be used with \"records: MX\": "
          "a pool of addresses forwards a port",
          "r.yaml:7:55: error: pools.mx.mydomain.com.forward needs agents.keys_dir: without keys "
          "no agent can be asked",
          "r.yaml:7:65: error: pools.mx.mydomain.com.forward.service must begin with a letter or "
          "digit and contain only letters, digits and \"-_.@\", not \"-x\"",
          "r.yaml:7:73: error: pools.mx.mydomain.com.forward.to must name at least one member"));
}

}  // namespace
}  // namespace rollcall::config
