#include "agent/agent_options.hpp"

#include <gmock/gmock.h>

#include "agent/agent_clients.hpp"
#include "diagnostic_lines.hpp"

namespace rollcall::agent {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> agent_messages(const std::string& text) {
  const ParsedAgentOptions parsed = parse_agent_options(text, "agent.yaml");
  EXPECT_EQ(parsed.options.has_value(), !has_errors(parsed.diagnostics));
  return lines_of(parsed.diagnostics);
}

TEST(AgentOptions, FillsInDefaults) {
  const ParsedAgentOptions parsed = parse_agent_options(R"(keys: {ns1: {file: ns1.key}}
services:
  apache: {systemd: apache2.service}
  fasttrack: {script: fasttrack}
)",
                                                        "/etc/rollcall/agent.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->listen.to_string(), "0.0.0.0:2224");
  ASSERT_EQ(parsed.options->keys.size(), 1U);
  EXPECT_EQ(parsed.options->keys[0].name, "ns1");
  EXPECT_EQ(parsed.options->keys[0].file, "/etc/rollcall/ns1.key");
  EXPECT_FALSE(parsed.options->keys[0].services);
  EXPECT_EQ(parsed.options->key_file, "");
  EXPECT_EQ(parsed.options->time_limit, 60s);
  ASSERT_EQ(parsed.options->services.size(), 2U);
  EXPECT_EQ(parsed.options->services.at("apache").unit, "apache2.service");
  EXPECT_EQ(parsed.options->services.at("apache").script, "");
  EXPECT_EQ(parsed.options->services.at("fasttrack").unit, "");
  EXPECT_EQ(parsed.options->services.at("fasttrack").pid_file, "");
  EXPECT_EQ(parsed.options->services.at("fasttrack").script, "/etc/init.d/fasttrack");
}

TEST(AgentOptions, TakesWhatIsGiven) {
  const ParsedAgentOptions parsed = parse_agent_options(R"(listen: "[::1]:2225"
keys: {a: {file: /run/keys/a, services: [web]}, b: {file: keys/b, services: []}}
scripts_path: init.d/
time_limit: 10s
services: {web: {script: web, pid_file: run/web.pid}}
)",
                                                        "zones/agent.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->listen.to_string(), "[::1]:2225");
  ASSERT_EQ(parsed.options->keys.size(), 2U);
  EXPECT_EQ(parsed.options->keys[0].file, "/run/keys/a");
  EXPECT_EQ(parsed.options->keys[0].services, (std::set<std::string, std::less<>>{"web"}));
  EXPECT_EQ(parsed.options->keys[1].file, "zones/keys/b");
  EXPECT_THAT(*parsed.options->keys[1].services, IsEmpty());
  EXPECT_EQ(parsed.options->time_limit, 10s);
  EXPECT_EQ(parsed.options->services.at("web").script, "zones/init.d/web");
  EXPECT_EQ(parsed.options->services.at("web").pid_file, "zones/run/web.pid");
}

TEST(AgentOptions, ListenMayNameNoPort) {
  const ParsedAgentOptions parsed = parse_agent_options(
      "{listen: 127.0.0.3, key_file: k, services: {a: {systemd: a}}}", "x.yaml");
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->listen.to_string(), "127.0.0.3:2224");
  EXPECT_EQ(parsed.options->key_file, "./k");
}

TEST(AgentOptions, WarnsOfTheOlderKey) {
  EXPECT_THAT(
      agent_messages("{key_file: k, services: {a: {systemd: a}}}"),
      ElementsAre("agent.yaml:1:12: warning: key_file is the older form: one key that opens "
                  "every node that has it; use \"keys\" and a key for each node (rollcallctl "
                  "keygen agent ADDRESS)"));
}

TEST(AgentOptions, SaysWhatIsWrongWithKeys) {
  EXPECT_THAT(
      agent_messages(R"(services: {apache: {systemd: a}}
keys:
  ns1: {services: [apache, apahce]}
  "-x": {file: f, services: [apache, apache]}
)"),
      ElementsAre(R"(agent.yaml:3:8: error: keys.ns1 needs the key "file")",
                  R"(agent.yaml:3:28: error: keys.ns1.services: "apahce" is not one of the )"
                  R"(services, did you mean "apache"?)",
                  R"(agent.yaml:4:3: error: invalid name "-x": use letters, digits and )"
                  R"("-_.@", with a letter or digit first)",
                  R"(agent.yaml:4:38: error: keys.-x.services lists "apache" twice)"));
}

TEST(AgentOptions, SaysEverythingAtOnce) {
  EXPECT_THAT(
      agent_messages(R"(lisen: 0.0.0.0
time_limit: 60
services:
  apache: {systemd: --force}
  fasttrack: {script: ../../bin/sh}
  both: {systemd: a.service, script: a}
  pid: {systemd: a.service, pid_file: a.pid}
  none: {}
  "bad name": {systemd: a.service}
  twice: {systemd: a.service, unit: a.service}
)"),
      ElementsAre(
          R"(agent.yaml:1:1: error: unknown key "lisen", did you mean "listen"?)",
          R"(agent.yaml:1:1: error: the file needs the key "keys")",
          R"(agent.yaml:2:13: error: time_limit must be a duration such as 500ms, 5s or 10m, not "60")",
          R"(agent.yaml:4:21: error: services.apache.systemd must begin with a letter or digit and contain only letters, digits and "-_.@", not "--force")",
          R"(agent.yaml:5:23: error: services.fasttrack.script must begin with a letter or digit and contain only letters, digits and "-_.@", not "../../bin/sh")",
          R"(agent.yaml:6:9: error: services.both has both "systemd" and "script"; use one of them)",
          R"(agent.yaml:7:39: error: services.pid.pid_file cannot be used with "systemd": systemd knows the process)",
          R"(agent.yaml:8:9: error: services.none needs the key "systemd" or "script")",
          R"(agent.yaml:9:3: error: invalid service name "bad name": use letters, digits and "-_.@", with a letter or digit first)",
          R"(agent.yaml:10:37: error: services.twice.unit is the old name of "systemd"; use one of them)"));
}

TEST(AgentOptions, KnowsTheOldNameOfSystemd) {
  const auto parsed = parse_agent_options(
      "keys: {ns1: {file: k}}\nservices: {a: {unit: a.service}}\n", "agent.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics),
              ElementsAre("agent.yaml:2:22: warning: services.a.unit is the old name of "
                          "\"systemd\", and goes on working"));
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->services.at("a").unit, "a.service");
}

TEST(AgentOptions, MayAdmitEveryScript) {
  const auto parsed = parse_agent_options(
      "{keys: {ns1: {file: k}}, scripts_path: /opt/init.d/, any_script: true}", "agent.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  EXPECT_TRUE(parsed.options->any_script);
  EXPECT_EQ(parsed.options->scripts_path, "/opt/init.d");
  EXPECT_THAT(parsed.options->services, IsEmpty());
  EXPECT_THAT(agent_messages("{keys: {ns1: {file: k}}, any_script: no}"),
              ElementsAre("agent.yaml:1:1: error: the file needs the key \"services\""));
  EXPECT_THAT(agent_messages("{keys: {ns1: {file: k}}, any_script: all}"), testing::SizeIs(2));
}

TEST(AgentOptions, WithoutRootTakesNoScripts) {
  EXPECT_THAT(
      agent_messages("keys: {ns1: {file: k}}\nuser: rollcall-agent\nany_script: true\nservices:\n"
                     "  a: {systemd: a.service}\n  b: {script: b}\n"),
      ElementsAre(
          "agent.yaml:3:13: error: any_script needs root, but user is \"rollcall-agent\": use "
          "\"systemd\", or run the agent as root",
          "agent.yaml:6:15: error: services.b.script needs root, but user is \"rollcall-agent\": "
          "use \"systemd\", or run the agent as root"));
  EXPECT_THAT(agent_messages("{keys: {ns1: {file: k}}, user: root, any_script: true}"), IsEmpty());
  EXPECT_THAT(
      agent_messages("{keys: {ns1: {file: k}}, user: a, services: {a: {systemd: a.service}}}"),
      IsEmpty());
  EXPECT_THAT(
      agent_messages("keys: {ns1: {file: k}}\nuser: rollcall-agent\nservices: {a: {systemd: a}}\n"
                     "floating: {192.0.2.80: {interface: eth0}}\n"),
      ElementsAre("agent.yaml:4:11: error: floating needs root, but user is "
                  "\"rollcall-agent\": use \"systemd\", or run the agent as root"));
}

TEST(AgentOptions, NoServicesIsAWarning) {
  EXPECT_THAT(
      agent_messages("keys: {ns1: {file: k}}\nservices:\n"),
      ElementsAre("agent.yaml:2:1: warning: services is empty: no service can be restarted"));
}

TEST(AgentOptions, ReadsWhatIsAllowedBesideRestarts) {
  const ParsedAgentOptions parsed = parse_agent_options(R"(keys:
  ns1: {file: ns1.key}
  ns2: {file: ns2.key, services: [], floating: [192.0.2.80], forward: [web]}
services: {}
floating:
  192.0.2.80: {interface: eth0}
  "2001:db8::80": {interface: eth0.7}
forward:
  web: {port: 80, to: [192.0.2.4, "2001:db8::4"]}
  dns: {port: 53, protocol: udp, to: [192.0.2.4]}
)",
                                                        "agent.yaml");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const takeover::NodeRights& rights = parsed.options->rights;
  ASSERT_EQ(rights.floating.size(), 2U);
  EXPECT_EQ(rights.floating.at(*IpAddress::parse("2001:db8::80")).interface, "eth0.7");
  EXPECT_EQ(rights.forward.at("web").port, 80);
  EXPECT_EQ(rights.forward.at("web").to.size(), 2U);
  EXPECT_TRUE(rights.forward.at("dns").udp);
  EXPECT_EQ(parsed.options->keys.at(0).floating, std::nullopt);
  EXPECT_THAT(*parsed.options->keys.at(1).floating, ElementsAre(*IpAddress::parse("192.0.2.80")));
  EXPECT_THAT(*parsed.options->keys.at(1).forward, ElementsAre("web"));
}

TEST(AgentOptions, NamesWhatIsWrongBesideRestarts) {
  EXPECT_THAT(agent_messages(R"(keys:
  ns1: {file: ns1.key, floating: [192.0.2.81], forward: [wed]}
services: {}
floating:
  192.0.2.80: {interface: -j}
  www: {interface: eth0}
  192.0.2.82: {}
forward:
  web: {port: 0, protocol: sctp, to: []}
  -x: {port: 80, to: [eth0]}
)"),
              ElementsAre("agent.yaml:2:35: error: keys.ns1.floating names 192.0.2.81, which is "
                          "not in \"floating\"",
                          "agent.yaml:2:58: error: keys.ns1.forward names \"wed\", which is not in "
                          "\"forward\", did you mean \"web\"?",
                          "agent.yaml:5:27: error: floating.192.0.2.80.interface must be the name "
                          "of an interface, not \"-j\"",
                          "agent.yaml:6:3: error: \"www\" is not an IP address",
                          "agent.yaml:7:15: error: floating.192.0.2.82 needs the key \"interface\"",
                          "agent.yaml:9:15: error: forward.web.port must be a whole number from 1 "
                          "to 65535, not \"0\"",
                          "agent.yaml:9:28: error: forward.web.protocol \"sctp\" is not a valid "
                          "protocol (there are: tcp, udp)",
                          "agent.yaml:9:38: error: forward.web.to must name at least one node",
                          "agent.yaml:10:3: error: invalid service name \"-x\": use letters, "
                          "digits and \"-_.@\", with a letter or digit first",
                          "agent.yaml:10:23: error: \"eth0\" is not an IP address"));
}

TEST(AgentClient, MayMoveAndForwardWhatItsListsName) {
  const IpAddress address = *IpAddress::parse("192.0.2.80");
  EXPECT_TRUE(AgentClient{}.may_move(address));
  EXPECT_TRUE(AgentClient{}.may_forward("web"));
  const AgentClient restarts{.services = {{"apache"}}};
  EXPECT_FALSE(restarts.may_move(address));
  EXPECT_FALSE(restarts.may_forward("web"));
  const AgentClient forwards{.forward = {{"web"}}};
  EXPECT_FALSE(forwards.may_move(address));
  EXPECT_TRUE(forwards.may_forward("web"));
  EXPECT_FALSE(forwards.may_forward("mail"));
}

}  // namespace
}  // namespace rollcall::agent
