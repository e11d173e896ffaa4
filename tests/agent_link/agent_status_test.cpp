#include "agent_link/agent_status.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace rollcall::agent_link {
namespace {

Result<AgentStatus> again(const AgentStatus& status) {
  return read_agent_status(boost::json::serialize(to_json(status)));
}

TEST(AgentStatusJson, ComesBack) {
  AgentStatus status;
  status.version = "1.2.3";
  status.words = {.state = NodeWords::State::up, .percent = 50};
  status.said = "up 50%";
  status.load = {0.5, 1.25, 2};
  status.key = "ns1";
  status.watches = 3;
  status.services["apache"] = {
      .kind = "unit",
      .target = "apache2.service",
      .restarting = true,
      .last = RestartReport{.ok = true, .output = "done\n", .seconds = 1.5},
      .last_age = 60};
  status.services["web"] = {.kind = "script", .target = "/etc/init.d/web", .last = {}};
  status.floating[*IpAddress::parse("192.0.2.80")] = {.asked_by = "ns1", .age = 12};
  status.floating[*IpAddress::parse("2001:db8::80")] = {};
  status.forwards.emplace(
      "web", StandinStatus{.asked_by = "ns1", .age = 5, .to = IpAddress::parse("192.0.2.4")});
  status.forwards.emplace("web", StandinStatus{.to = IpAddress::parse("2001:db8::4")});
  const auto read = again(status);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, status);
  EXPECT_EQ(read->weight(), 50U);
}

TEST(AgentStatusJson, TellsDrainFromDown) {
  AgentStatus status;
  status.words.state = NodeWords::State::drain;
  EXPECT_EQ(boost::json::serialize(to_json(status)),
            R"({"version":"","health":"up","weight":0,"drain":true,"load":[0E0,0E0,0E0],"key":"",)"
            R"("services":{},"watches":0})");
  EXPECT_EQ(again(status)->words.state, NodeWords::State::drain);
  status.words.state = NodeWords::State::down;
  EXPECT_EQ(again(status)->words.state, NodeWords::State::down);
  EXPECT_EQ(status.weight(), 0U);
  EXPECT_EQ(state_word(status.words), "down");
}

TEST(AgentStatusJson, OfAnOlderAgentIsRead) {
  const auto read = read_agent_status(
      R"({"version":"0.1.0","services":{"a":{"unit":"a.service","restarting":false,"last":null}}})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->weight(), 100U);
  EXPECT_EQ(read->services.at("a").target, "a.service");
}

TEST(AgentStatusJson, KeepsLittleOfALongOne) {
  std::string services;
  for (int i = 0; i < 200; ++i) {
    services += (i == 0 ? "" : ",") + ("\"s" + std::to_string(i)) + "\":{}";
  }
  const auto read = read_agent_status(R"({"version":")" + std::string(5000, 'v') +
                                      R"(","services":{)" + services + "}}");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->services.size(), kMaxStatusServices);
  EXPECT_EQ(read->version.size(), kMaxStatusText);
}

TEST(AgentStatusJson, LeavesOutStandinsThatAreNone) {
  const auto read = read_agent_status(
      R"({"services":{},"floating":{"x":{},"192.0.2.1":1,"192.0.2.2":{"age":"old"}},)"
      R"("forwards":[1,{},{"service":"web"},{"service":"--x","to":"192.0.2.1"}]})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->floating.size(), 1U);
  EXPECT_EQ(read->floating.begin()->second.age, 0);
  EXPECT_TRUE(read->forwards.empty());
  EXPECT_TRUE(
      read_agent_status(R"({"services":{},"floating":[],"forwards":{}})")->floating.empty());
}

TEST(AgentStatusJson, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"services":[]})", R"({"services":{})"}) {
    EXPECT_FALSE(read_agent_status(text)) << text;
  }
  for (const char* text :
       {R"({"services":{"--x":{}},"load":[1e999]})", R"({"services":{"a":1},"weight":"x"})",
        R"({"services":{},"weight":-5,"watches":-1,"load":{},"health":7,"drain":"yes"})"}) {
    const auto read = read_agent_status(text);
    if (read) {
      EXPECT_TRUE(read->services.empty()) << text;
    }
  }
}

}  // namespace
}  // namespace rollcall::agent_link
