#include "api/agents_view.hpp"

#include <gtest/gtest.h>

#include "api/text.hpp"

namespace rollcall::api {
namespace {

using namespace std::chrono_literals;

std::string agents_shown(const std::vector<AgentView>& agents) {
  const auto text = reply_text(agents_reply(agents));
  return text ? text->text : text.error().message;
}

AgentView good_agent() {
  return {.node = *IpAddress::parse("192.0.2.1"),
          .at = *Endpoint::parse("192.0.2.1:2224"),
          .reachable = true,
          .since = 125s,
          .seen = 3s,
          .version = "1.0",
          .state = "up",
          .weight = 50,
          .said = "up 50%",
          .load = {0.5, 1, 2.25},
          .key = "ns1",
          .services = {{.name = "apache",
                        .how = "unit apache2.service",
                        .last = "restarted in 1.5 s",
                        .ended = 2h},
                       {.name = "web", .how = "script /etc/init.d/web", .restarting = true}}};
}

TEST(AgentsView, ShowsEachAgent) {
  EXPECT_EQ(agents_shown({good_agent()}),
            "192.0.2.1:2224  reachable for 2m\n"
            "  version 1.0, key ns1, up, weight 50 %, load 0.50 1.00 2.25, 3s ago\n"
            "  says \"up 50%\"\n"
            "  apache (unit apache2.service): restarted in 1.5 s, 2h ago\n"
            "  web (script /etc/init.d/web): being restarted");
}

TEST(AgentsView, ShowsWhatANodeDoesForOthers) {
  AgentView agent = good_agent();
  agent.said.clear();
  agent.services.clear();
  agent.standins = {
      {.address = IpAddress::parse("192.0.2.80"), .asked_by = "ns1", .age = 125s},
      {.address = IpAddress::parse("2001:db8::80")},
      {.service = "web", .to = IpAddress::parse("192.0.2.4"), .asked_by = "ns2", .age = 2h}};
  EXPECT_EQ(agents_shown({agent}),
            "192.0.2.1:2224  reachable for 2m\n"
            "  version 1.0, key ns1, up, weight 50 %, load 0.50 1.00 2.25, 3s ago\n"
            "  has 192.0.2.80, asked by ns1 2m ago\n"
            "  has 2001:db8::80, since before the agent started\n"
            "  leads the port of web to 192.0.2.4, asked by ns2 2h ago");
  EXPECT_NE(agents_reply({agent}).find(
                R"("floating":[{"asked_by":"ns1","for_ms":125000,"address":"192.0.2.80"},)"
                R"({"asked_by":"","for_ms":null,"address":"2001:db8::80"}],"forwards":[)"
                R"({"asked_by":"ns2","for_ms":7200000,"service":"web","to":"192.0.2.4"}])"),
            std::string::npos)
      << agents_reply({agent});
}

TEST(AgentsView, SaysWhyOneIsNotReachable) {
  const AgentView gone{.node = *IpAddress::parse("::1"),
                       .at = *Endpoint::parse("[::1]:2224"),
                       .reachable = false,
                       .problem = "cannot connect: Connection refused",
                       .since = 3h,
                       .key = "ns1"};
  EXPECT_EQ(agents_shown({gone}),
            "[::1]:2224  NOT REACHABLE for 3h: cannot connect: Connection refused\n  key ns1");
  EXPECT_EQ(agents_shown({{.node = gone.node, .at = gone.at}}), "[::1]:2224  not asked yet");
  EXPECT_EQ(agents_shown({}), "no agents: neither keys nor pools with restart are configured");
}

TEST(AgentsView, IsPrintable) {
  AgentView agent = good_agent();
  agent.said = "\x1b[2J";
  EXPECT_NE(agents_shown({agent}).find("says \"\\x1b[2J\""), std::string::npos)
      << agents_shown({agent});
}

}  // namespace
}  // namespace rollcall::api
