#include "agent/agent_options.hpp"

#include <gmock/gmock.h>

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
}

TEST(AgentOptions, NoServicesIsAWarning) {
  EXPECT_THAT(
      agent_messages("keys: {ns1: {file: k}}\nservices:\n"),
      ElementsAre("agent.yaml:2:1: warning: services is empty: no service can be restarted"));
}

}  // namespace
}  // namespace rollcall::agent
