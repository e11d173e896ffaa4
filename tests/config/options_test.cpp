#include "config/options.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

TEST(Options, NeedsOnlyAZone) {
  const ParsedOptions parsed = parse("zones:\n  mydomain.com: {file: db.mydomain.com}\n");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const Options& options = *parsed.options;
  EXPECT_EQ(options.file, "r.yaml");
  ASSERT_THAT(options.server.listen, SizeIs(2));
  EXPECT_EQ(options.server.listen[0].to_string(), "0.0.0.0:53");
  EXPECT_EQ(options.server.listen[1].to_string(), "[::]:53");
  EXPECT_EQ(options.server.workers, 0U);
  EXPECT_EQ(options.server.state_dir, "/var/lib/rollcall");
  EXPECT_EQ(options.server.user, "");
  EXPECT_EQ(options.server.nsid, "");
  EXPECT_EQ(options.control.socket, "/run/rollcall/control.sock");
  EXPECT_THAT(options.keys, IsEmpty());
  EXPECT_THAT(options.pools, IsEmpty());
  EXPECT_EQ(options.agents.port, 2224);
  EXPECT_EQ(options.agents.key_file, "");
  EXPECT_FALSE(options.alerts.email);
  EXPECT_FALSE(options.alerts.webhook);
  ASSERT_THAT(options.zones, SizeIs(1));
  EXPECT_EQ(options.zones[0].origin, name("mydomain.com"));
  EXPECT_EQ(options.zones[0].file, "./db.mydomain.com");
  EXPECT_EQ(options.zones[0].named_at, (SourcePosition{"r.yaml", 2, 24}));
}

class Sample : public testing::Test {
 protected:
  Sample() {
    std::ifstream in(TEST_DATA "/sample.yaml");
    std::ostringstream text;
    text << in.rdbuf();
    parsed_ = parse(text.str(), "/etc/rollcall/rollcall.yaml");
  }
  ParsedOptions parsed_;
};

TEST_F(Sample, HasNothingWrong) {
  EXPECT_THAT(lines_of(parsed_.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed_.options);
  const Options& options = *parsed_.options;
  EXPECT_EQ(options.server.listen[1].to_string(), "[::1]:5300");
  EXPECT_EQ(options.server.user, "rollcall");
  EXPECT_EQ(options.server.nsid, "ns1");
}

TEST_F(Sample, ZoneSaysWhoMayTransfer) {
  ASSERT_TRUE(parsed_.options);
  const Options& options = *parsed_.options;
  ASSERT_THAT(options.keys, SizeIs(1));
  EXPECT_EQ(options.keys[0].name, name("bind-secondary"));
  EXPECT_EQ(options.keys[0].secret_file, "/etc/rollcall/bind-secondary.key");
  ASSERT_THAT(options.zones, SizeIs(1));
  EXPECT_EQ(options.zones[0].file, "/etc/rollcall/db.mydomain.com");
  const zone::TransferPolicy& policy = options.zones[0].transfer;
  ASSERT_THAT(policy.secondaries, SizeIs(1));
  EXPECT_EQ(policy.secondaries[0].address.to_string(), "127.0.0.1:5301");
  EXPECT_EQ(policy.secondaries[0].key, name("bind-secondary"));
  ASSERT_THAT(policy.grants, SizeIs(2));
  EXPECT_EQ(policy.grants[0].prefix->to_string(), "127.0.0.0/8");
  EXPECT_EQ(policy.grants[1].key, name("bind-secondary"));
}

TEST_F(Sample, PoolsCarryTheirChecks) {
  ASSERT_TRUE(parsed_.options);
  const Options& options = *parsed_.options;
  ASSERT_THAT(options.pools, SizeIs(3));
  const pool::PoolSpec& www = options.pools[0];
  EXPECT_EQ(www.name, name("www.mydomain.com"));
  EXPECT_EQ(www.restart, "apache");
  ASSERT_THAT(www.checks, SizeIs(1));
  const health::CheckSpec& web = www.checks[0];
  EXPECT_EQ(web.name, "web");
  EXPECT_EQ(web.port, 80);
  EXPECT_EQ(std::get<health::HttpCheck>(web.how),
            (health::HttpCheck{.path = "/robots.txt", .expect = "httpd is working"}));
  EXPECT_EQ(web.interval, 5s);
  EXPECT_EQ(web.fast_interval, 2s);
  EXPECT_EQ(web.timeout, 3s);
  EXPECT_EQ(web.rise, 2);
  EXPECT_EQ(web.fall, 3);
  EXPECT_DOUBLE_EQ(web.jitter, 0.05);
  ASSERT_THAT(www.members, SizeIs(1));
  EXPECT_EQ(www.members.begin()->first.to_string(), "127.0.0.3");
  EXPECT_EQ(www.members.begin()->second.restart, "fasttrack");
  const health::CheckSpec& smtp = options.pools[1].checks[0];
  EXPECT_EQ(smtp.port, 25);
  using Kind = health::ScriptStep::Kind;
  EXPECT_EQ(std::get<health::TcpCheck>(smtp.how),
            (health::TcpCheck{{{Kind::send, "QUIT"}, {Kind::expect, "220"}}}));
  EXPECT_EQ(options.pools[2].checks[0].port, 110);
  EXPECT_EQ(options.pool_places.at("www.mydomain.com").line, 27U);
}

TEST_F(Sample, AgentsAndAlerts) {
  ASSERT_TRUE(parsed_.options);
  const Options& options = *parsed_.options;
  EXPECT_EQ(options.agents.keys_dir, "/etc/rollcall/keys");
  EXPECT_EQ(options.agents.nodes.at(*IpAddress::parse("127.0.0.3")).to_string(), "127.0.0.3:2225");
  ASSERT_TRUE(options.alerts.email);
  EXPECT_THAT(options.alerts.email->to, ElementsAre("root@mydomain.com"));
  EXPECT_EQ(options.alerts.email->from, "rollcall@mydomain.com");
  EXPECT_EQ(options.alerts.email->smtp, "smtp://127.0.0.1:25");
  ASSERT_TRUE(options.alerts.webhook);
  EXPECT_EQ(options.alerts.webhook->url, "https://chat.mydomain.com/hook");
}

TEST(Options, ShortFormsOfMeasuringTools) {
  const ParsedOptions parsed =
      parse(R"(server: {listen: ["127.0.0.1:5300"], workers: 1, state_dir: "/tmp/s"}
control: {socket: "/tmp/s/c.sock"}
zones: {mydomain.com: {file: "/tmp/db", allow_transfer: ["127.0.0.1"]}}
checks: {chk: {type: tcp, port: 8082, interval: 2s, timeout: 900ms, rise: 1, fall: 1}}
pools: {w0.mydomain.com: {check: chk}}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->server.workers, 1U);
  EXPECT_EQ(parsed.options->control.socket, "/tmp/s/c.sock");
  const health::CheckSpec& check = parsed.options->pools.at(0).checks.at(0);
  EXPECT_EQ(check.timeout, 900ms);
  EXPECT_EQ(check.rise, 1);
  EXPECT_EQ(check.fall, 1);
}

TEST(Options, SaysWhatTheFileLacks) {
  EXPECT_THAT(messages("{}"), ElementsAre("r.yaml:1:1: error: the file needs the key \"zones\""));
  EXPECT_THAT(messages("zones:"),
              ElementsAre("r.yaml:1:1: error: zones must name at least one zone"));
  EXPECT_THAT(messages("zones: {}"),
              ElementsAre("r.yaml:1:8: error: zones must name at least one zone"));
  EXPECT_THAT(messages("hello"),
              ElementsAre("r.yaml:1:1: error: the file must be a map, not a single value"));
  EXPECT_THAT(messages("zones: [a]"),
              ElementsAre("r.yaml:1:8: error: zones must be a map, not a list"));
}

TEST(Options, AnEmptyFileHasNoPlaceToPointAt) {
  EXPECT_THAT(messages(""), ElementsAre("r.yaml: error: the file needs the key \"zones\""));
}

TEST(Options, YamlSyntaxHasItsPlace) {
  const std::vector<std::string> said = messages("zones:\n  a: [1, 2\n");
  EXPECT_THAT(said,
              ElementsAre("r.yaml:2:6: error: the \"[\" opened here is not closed before line "
                          "3"));
}

TEST(Options, UnknownAndDoubleKeysAtTheTop) {
  EXPECT_THAT(
      messages_after_zone("sever: {}\nserver: {}\nserver: {}\nquite_other: 1\n"),
      ElementsAre(
          R"(r.yaml:2:1: error: unknown key "sever", did you mean "server"?)",
          R"(r.yaml:4:1: error: "server" is defined twice; first in line 3)",
          R"(r.yaml:5:1: error: unknown key "quite_other" (there are: server, control, keys, zones, checks, health, pools, take_over, agents, alerts))"));
}

TEST(Options, OnlyOneDocument) {
  EXPECT_THAT(messages("zones: {a.b: {file: x}}\n---\nserver: {}\n"),
              ElementsAre("r.yaml:3:1: error: a second YAML document starts here; a configuration "
                          "may have only one"));
}

std::string unknown_keys(int count) {
  std::string text = "server:\n";
  for (int i = 0; i < count; ++i) text += "  x" + std::to_string(i) + ": 1\n";
  return text;
}

TEST(Options, StopsTellingAfterAHundred) {
  EXPECT_THAT(messages_after_zone(unknown_keys(100)), SizeIs(100));
  for (const int count : {101, 102, 20'000}) {
    const std::vector<std::string> said = messages_after_zone(unknown_keys(count));
    ASSERT_THAT(said, SizeIs(101)) << count;
    EXPECT_THAT(said[99], testing::StartsWith("r.yaml:102:3: error: unknown key \"x99\""));
    EXPECT_EQ(said.back(), "r.yaml: error: and more; the first 100 are shown");
  }
}

TEST(Options, StopsTellingInEverySection) {
  const auto many = [](const std::string& section, const std::string& value) {
    std::string text = section + ":\n";
    for (int i = 0; i < 300; ++i) text += "  a" + std::to_string(i) + ".b: " + value + "\n";
    return text;
  };
  EXPECT_THAT(messages(many("zones", "{fille: x}")), SizeIs(101));
  EXPECT_THAT(messages_after_zone(many("keys", "{}")), SizeIs(101));
  EXPECT_THAT(messages_after_zone(many("checks", "{}")), SizeIs(101));
  EXPECT_THAT(messages_after_zone(many("pools", "{check: x}")), SizeIs(101));
  EXPECT_THAT(
      messages_after_zone("agents:\n  keys_dir: x\n  nodes:\n" + many("    a", "{}").substr(7)),
      SizeIs(101));
}

TEST(Options, DeepNestingIsRefusedNotFatal) {
  EXPECT_THAT(messages("zones: " + std::string(100000, '[')), SizeIs(1));
}

TEST(Options, WhatYamlTakesForOneWordIsTold) {
  EXPECT_THAT(messages_after_zone("server:\n  user:root\n"),
              ElementsAre("r.yaml:3:3: error: server must be a map, not a single value; a blank is "
                          "missing after the colon of \"user:\""));
  EXPECT_THAT(
      messages_after_zone("checks: {c: {type:http, port: 80}}\n"),
      Contains(testing::StartsWith("r.yaml:2:14: error: unknown key \"type:http\" in checks.c; a "
                                   "blank is missing after the colon of \"type:\"")));
}

}  // namespace
}  // namespace rollcall::config
