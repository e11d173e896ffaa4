#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(PoolsSection, NamesMustLieInAZone) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  www.mydomian.com: {check: web}
  www.elsewhere.org: {check: web}
)"),
      ElementsAre(
          R"(r.yaml:4:3: error: pool "www.mydomian.com" is not in any configured zone, did you mean "www.mydomain.com"?)",
          R"(r.yaml:5:3: error: pool "www.elsewhere.org" is not in any configured zone)"));
}

TEST(PoolsSection, NoPoolTwice) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  www.mydomain.com: {check: web}
  WWW.mydomain.com.: {check: web}
)"),
      ElementsAre(
          R"(r.yaml:5:3: error: pool "WWW.mydomain.com." is defined twice; first in line 4)"));
}

TEST(PoolsSection, ChecksMustExist) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: wbe}
  b.mydomain.com: {checks: [web, web]}
  c.mydomain.com: {check: web, checks: [web]}
  d.mydomain.com: {checks: []}
  e.mydomain.com:
  f.mydomain.com: web
)"),
      ElementsAre(
          R"(r.yaml:4:27: error: pools.a.mydomain.com.check names the check "wbe", which is not in checks, did you mean "web"?)",
          R"(r.yaml:5:34: error: pools.b.mydomain.com.checks names the check "web" twice)",
          R"(r.yaml:6:40: error: pools.c.mydomain.com.checks cannot be used with "check": use one of them)",
          R"(r.yaml:6:41: error: pools.c.mydomain.com.checks names the check "web" twice)",
          R"(r.yaml:7:28: error: pools.d.mydomain.com.checks must name at least one check)",
          R"(r.yaml:8:3: error: pools.e.mydomain.com needs the key "check")",
          R"(r.yaml:9:19: error: pools.f.mydomain.com must be a map, not a single value)"));
}

TEST(PoolsSection, AnyOfAndAtLeast) {
  const ParsedOptions parsed = parse(R"(zones: {mydomain.com: {file: db}}
checks: {a: {type: icmp}, b: {type: http}, c: {type: https}}
pools:
  all.mydomain.com: {checks: [a, b, c]}
  any.mydomain.com: {any_of: [a, b]}
  two.mydomain.com: {checks: [a, b, c], at_least: 2}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->pools[0].needed, 0);
  EXPECT_EQ(parsed.options->pools[1].needed, 1);
  EXPECT_THAT(parsed.options->pools[1].checks, SizeIs(2));
  EXPECT_EQ(parsed.options->pools[2].needed, 2);
}

TEST(PoolsSection, WrongCombinations) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: web, any_of: [web]}
  b.mydomain.com: {checks: [web], at_least: 2}
  c.mydomain.com: {check: web, at_least: 1}
  d.mydomain.com: {any_of: []}
)"),
      ElementsAre(
          R"(r.yaml:4:40: error: pools.a.mydomain.com.any_of cannot be used with "check": use one of them)",
          R"(r.yaml:4:41: error: pools.a.mydomain.com.any_of names the check "web" twice)",
          "r.yaml:5:45: error: pools.b.mydomain.com.at_least asks for 2 checks where 1 are listed",
          R"(r.yaml:6:42: error: pools.c.mydomain.com.at_least needs "checks", of which at least so many must pass)",
          "r.yaml:7:28: error: pools.d.mydomain.com.any_of must name at least one check"));
}

TEST(PoolsSection, WhereProbesGo) {
  const ParsedOptions parsed = parse(R"(zones: {mydomain.com: {file: db}}
checks: {web: {type: http}}
pools:
  a.mydomain.com:
    check: web
    port: 8080
    members: {192.0.2.1: {probe_address: "2001:db8::1", port: 81}}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const pool::PoolSpec& pool = parsed.options->pools[0];
  EXPECT_EQ(pool.port, 8080);
  const pool::MemberSpec& member = pool.members.begin()->second;
  EXPECT_EQ(member.probe_address, IpAddress::parse("2001:db8::1"));
  EXPECT_EQ(member.port, 81);
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: web, port: 0, members: {192.0.2.1: {probe_address: x}}}
  mydomain.com: {records: MX, check: web, members: {mx1: {probe_address: 192.0.2.1}}}
)"),
      testing::AllOf(
          SizeIs(3),
          Contains("r.yaml:4:38: error: pools.a.mydomain.com.port must be a whole number from 1 to "
                   "65535, not \"0\""),
          Contains("r.yaml:5:74: error: pools.mydomain.com.members.mx1.probe_address is only for "
                   "members named by their address")));
}

TEST(PoolsSection, ACheckWithErrorsIsNotMissed) {
  EXPECT_THAT(
      messages_after_zone("checks: {web: {type: htpp}}\npools: {a.mydomain.com: {check: web}}"),
      SizeIs(1));
}

TEST(PoolsSection, RestartNeedsTheAgentsKey) {
  EXPECT_THAT(messages_after_check(R"(pools:
  a.mydomain.com: {check: web, restart: apache, members: {127.0.0.1: {restart: other}}}
)"),
              ElementsAre("r.yaml:4:41: error: pools.a.mydomain.com.restart needs agents.keys_dir: "
                          "without keys no agent can be asked",
                          "r.yaml:4:80: error: pools.a.mydomain.com.members.127.0.0.1.restart "
                          "needs agents.keys_dir: without keys no agent can be asked"));
  EXPECT_THAT(
      messages_after_check(R"(agents: {keys_dir: k}
pools: {a.mydomain.com: {check: web, restart: "a b"}}
)"),
      ElementsAre(
          R"(r.yaml:4:47: error: pools.a.mydomain.com.restart must begin with a letter or digit and contain only letters, digits and "-_.@", not "a b")"));
}

TEST(PoolsSection, Members) {
  EXPECT_THAT(
      messages_after_check(R"(agents: {keys_dir: k}
pools:
  a.mydomain.com:
    check: web
    members:
      127.0.0.256: {}
      ::1: {restart: x}
      0:0::1: {restart: y}
      127.0.0.1: {weight: 256, restrat: x}
)"),
      ElementsAre(
          R"(r.yaml:8:7: error: "127.0.0.256" is not an IP address)",
          "r.yaml:10:7: error: member ::1 is defined twice in pools.a.mydomain.com.members",
          "r.yaml:11:27: error: pools.a.mydomain.com.members.127.0.0.1.weight must be a whole "
          "number "
          "from 0 to 255, not \"256\"",
          R"(r.yaml:11:32: error: unknown key "restrat" in pools.a.mydomain.com.members.127.0.0.1, did you mean "restart"?)"));
}

TEST(PoolsSection, AMemberMayHaveNoRestart) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
agents: {keys_dir: k}
pools: {w.a.b: {check: web, restart: apache, members: {127.0.0.1: {restart: ""}, 127.0.0.2: {}}}}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const auto& members = parsed.options->pools[0].members;
  EXPECT_EQ(members.at(*IpAddress::parse("127.0.0.1")).restart, "");
  EXPECT_FALSE(members.at(*IpAddress::parse("127.0.0.2")).restart);
}

TEST(PoolsSection, WhenAllDown) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
pools: {w.a.b: {check: web, when_all_down: fail_closed}, v.a.b: {check: web}}
)");
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->pools[0].when_all_down, pool::WhenAllDown::fail_closed);
  EXPECT_EQ(parsed.options->pools[1].when_all_down, pool::WhenAllDown::fail_open);
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: web, when_all_down: fail_opn}
  b.mydomain.com: {check: web, when_all_down: fallback}
  c.mydomain.com: {check: web, when_all_down: {fallback: 127.0.0.1}}
  d.mydomain.com: {check: web, fallback: [127.0.0.1]}
  e.mydomain.com: {check: web, when_all_down: fallback, fallback: []}
  f.mydomain.com: {check: web, when_all_down: fallback, fallback: [x, 127.0.0.1, 127.0.0.1]}
  g.mydomain.com: {check: web, when_all_down: fallback, fallback: [127.0.0.1], members: {127.0.0.1: {tier: backup}}}
  h.mydomain.com: {records: MX, check: web, when_all_down: fallback, fallback: [MX.a.b, mx.A.b]}
)"),
      ElementsAre(
          R"(r.yaml:4:47: error: pools.a.mydomain.com.when_all_down "fail_opn" is not a valid choice, did you mean "fail_open"?)",
          R"(r.yaml:5:19: error: pools.b.mydomain.com needs the key "fallback": when_all_down names it)",
          testing::StartsWith("r.yaml:6:47: error: pools.c.mydomain.com.when_all_down must be "),
          R"(r.yaml:7:42: error: pools.d.mydomain.com.fallback needs "when_all_down: fallback")",
          "r.yaml:8:67: error: pools.e.mydomain.com.fallback must name at least one member",
          R"(r.yaml:9:68: error: "x" is not an IP address)",
          testing::AllOf(testing::StartsWith("r.yaml:9:82: error: pools.f.mydomain.com.fallback"),
                         testing::EndsWith(" names 127.0.0.1 twice")),
          testing::AllOf(testing::StartsWith("r.yaml:10:68: error: pools.g.mydomain.com.fallback"),
                         testing::EndsWith(R"( names 127.0.0.1, which has a tier in "members")")),
          testing::AllOf(testing::StartsWith("r.yaml:11:89: error: pools.h.mydomain.com.fallback"),
                         testing::EndsWith(" names mx.A.b twice"))));
}

TEST(PoolsSection, TiersAndFallback) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
pools:
  w.a.b:
    check: web
    min_healthy: 30%
    when_all_down: fallback
    fallback: [127.0.0.9, "::9"]
    members: {127.0.0.1: {tier: backup}, 127.0.0.2: {tier: primary}, "::9": {}}
  a.b:
    {records: MX, check: web, min_healthy: 50 %, when_all_down: fallback,
     fallback: [MX9.a.b, mx8.a.b], members: {mx8.A.b: {weight: 3}}}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const pool::PoolSpec& pool = parsed.options->pools[0];
  EXPECT_EQ(pool.min_healthy, 30U);
  EXPECT_EQ(pool.when_all_down, pool::WhenAllDown::fallback);
  EXPECT_EQ(pool.members.at(*IpAddress::parse("127.0.0.1")).tier, pool::Tier::backup);
  EXPECT_EQ(pool.members.at(*IpAddress::parse("127.0.0.2")).tier, pool::Tier::primary);
  EXPECT_EQ(pool.members.at(*IpAddress::parse("127.0.0.9")).tier, pool::Tier::fallback);
  EXPECT_EQ(pool.members.at(*IpAddress::parse("::9")).tier, pool::Tier::fallback);
  EXPECT_EQ(parsed.options->member_places.at({"w.a.b", "127.0.0.9"}).line, 8U);
  EXPECT_EQ(parsed.options->pools[1].min_healthy, 50U);
  EXPECT_EQ(parsed.options->pools[1].exchanges.at(*dns::Name::parse("mx9.a.b")).tier,
            pool::Tier::fallback);
  const pool::MemberSpec& weighted =
      parsed.options->pools[1].exchanges.at(*dns::Name::parse("mx8.a.b"));
  EXPECT_EQ(weighted.tier, pool::Tier::fallback);
  EXPECT_EQ(weighted.weight, 3);
}

TEST(PoolsSection, Failback) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
pools:
  u.a.b: {check: web, failback: auto, flap_damping: on}
  v.a.b: {check: web, failback: after 10m}
  w.a.b: {check: web, failback: manual}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->pools[0].failback, Duration::zero());
  EXPECT_TRUE(parsed.options->pools[0].flap_damping);
  EXPECT_FALSE(parsed.options->pools[1].flap_damping);
  EXPECT_EQ(parsed.options->pools[1].failback, std::chrono::minutes(10));
  EXPECT_EQ(parsed.options->pools[2].failback, std::nullopt);
  EXPECT_THAT(
      messages_after_check("pools: {w.mydomain.com: {check: web, failback: after lunch}}"),
      ElementsAre(
          R"(r.yaml:3:48: error: pools.w.mydomain.com.failback must be auto, manual or a time such as "after 10m", up to 365d, not "after lunch")"));
}

TEST(PoolsSection, ObserveOnly) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
health: {observe_only: true}
pools:
  w.a.b: {check: web}
  v.a.b: {check: web, observe_only: false}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_TRUE(parsed.options->pools[0].observe_only);
  EXPECT_FALSE(parsed.options->pools[1].observe_only);
  EXPECT_THAT(
      messages_after_check("health: {observe_only: maybe}\n"
                           "pools: {w.mydomain.com: {check: web, observe_only: tru}}"),
      ElementsAre(
          R"(r.yaml:3:24: error: health.observe_only "maybe" is not a valid switch (there are: on, true, yes, off, false, no))",
          R"(r.yaml:4:52: error: pools.w.mydomain.com.observe_only "tru" is not a valid switch, did you mean "true"?)"));
}

TEST(PoolsSection, TiersAndSharesAreChecked) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: web, min_healthy: 30, members: {127.0.0.1: {tier: backpu}}}
  b.mydomain.com: {check: web, min_healthy: 101%, members: {127.0.0.1: {tier: fallback}}}
  c.mydomain.com: {check: web, max_answers: 0, ramp_up: 25h}
)"),
      ElementsAre(
          R"(r.yaml:4:45: error: pools.a.mydomain.com.min_healthy must be a share from 0% to 100%, such as 30%, not "30")",
          R"(r.yaml:4:77: error: pools.a.mydomain.com.members.127.0.0.1.tier "backpu" is not a valid tier, did you mean "backup"?)",
          R"(r.yaml:5:45: error: pools.b.mydomain.com.min_healthy must be a share from 0% to 100%, such as 30%, not "101%")",
          R"(r.yaml:5:79: error: pools.b.mydomain.com.members.127.0.0.1.tier cannot be "fallback": list the member in the pool's key "fallback")",
          R"(r.yaml:6:45: error: pools.c.mydomain.com.max_answers must be a whole number from 1 to 64, not "0")",
          "r.yaml:6:57: error: pools.c.mydomain.com.ramp_up must be from 0s to 1d, not 25h"));
}

TEST(PoolsSection, Shares) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
pools:
  a.b:
    check: web
    max_answers: 2
    ramp_up: 1m
    members: {127.0.0.1: {weight: 0}, 127.0.0.2: {weight: 255}, 127.0.0.3: {}}
)");
  ASSERT_TRUE(parsed.options) << to_string(parsed.diagnostics[0]);
  const pool::PoolSpec& pool = parsed.options->pools[0];
  EXPECT_EQ(pool.max_answers, 2U);
  EXPECT_EQ(pool.ramp_up, std::chrono::minutes(1));
  std::vector<std::optional<std::uint8_t>> weights;
  for (const auto& [address, member] : pool.members) weights.push_back(member.weight);
  EXPECT_THAT(weights, ElementsAre(0, 255, std::nullopt));
}

TEST(PoolsSection, PoolsOfMx) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {web: {type: http}}
pools:
  a.b:
    records: mx
    check: web
    members: {MX1.a.b: {}, 127.0.0.1: {}}
  w.a.b: {check: web}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const pool::PoolSpec& pool = parsed.options->pools[0];
  EXPECT_EQ(pool.records, pool::PoolRecords::mx);
  EXPECT_TRUE(pool.exchanges.contains(*dns::Name::parse("mx1.a.b")));
  EXPECT_TRUE(pool.members.contains(*IpAddress::parse("127.0.0.1")));
  EXPECT_EQ(parsed.options->member_places.at({"a.b", "mx1.a.b"}).line, 7U);
  EXPECT_EQ(parsed.options->pools[1].records, pool::PoolRecords::addresses);
}

TEST(PoolsSection, AWildcardIsNoHost) {
  EXPECT_THAT(messages_after_zone(R"(checks:
  web: {type: http}
  own: {type: http, host: a.mydomain.com}
  tcp: {type: tcp, port: 80}
pools:
  "*.a.mydomain.com": {check: web}
  "*.b.mydomain.com": {checks: [own, tcp]}
)"),
              ElementsAre(R"(r.yaml:7:3: error: the pool "*.a.mydomain.com" is a wildcard: its )"
                          R"(check "web" needs the key "host")"));
}

TEST(PoolsSection, RecordsAreOfMxAlone) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {records: SRV, check: web}
  b.mydomain.com: {records: XM, check: web}
  c.mydomain.com: {records: [MX], check: web}
  d.mydomain.com: {check: web, members: {mx1.mydomain.com: {}}}
  e.mydomain.com: {records: MX, check: web, members: {mx1: {}, MX1: {}, "a..b": {}}}
)"),
      ElementsAre(
          R"(r.yaml:4:29: error: pools.a.mydomain.com.records must be MX, or omitted for A and AAAA, not "SRV")",
          R"(r.yaml:5:29: error: pools.b.mydomain.com.records must be MX, or omitted for A and AAAA, not "XM")",
          testing::StartsWith("r.yaml:6:29: error: pools.c.mydomain.com.records must be "),
          R"(r.yaml:7:42: error: "mx1.mydomain.com" is not an IP address)",
          "r.yaml:8:64: error: member mx1 is defined twice in pools.e.mydomain.com.members",
          R"(r.yaml:8:73: error: "a..b" is not a domain name: it has an empty label)"));
}

}  // namespace
}  // namespace rollcall::config
