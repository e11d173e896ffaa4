#include "health/agent_reply.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

Outcome up(std::optional<std::uint8_t> percent = std::nullopt) {
  return {.good = true, .reason = {}, .percent = percent};
}
Outcome down(std::string reason) {
  return {.good = false, .reason = std::move(reason)};
}
Outcome away(std::string reason, std::optional<std::uint8_t> percent = std::nullopt) {
  return {.good = false, .reason = std::move(reason), .withdrawn = true, .percent = percent};
}

TEST(AgentReply, Table) {
  const std::pair<const char*, Outcome> rows[] = {
      {"up\n", up()},
      {"ready\n", up()},
      {"up 75%\n", up(75)},
      {"75%", up(75)},
      {"UP\t75%\r\n", up(75)},
      {"ready,up,50%,maxconn:30\n", up(50)},
      {"up 250%\n", up(100)},
      {"up # all is down here\n", up()},
      {"up\ndown\n", up()},
      {"drain\n", away("the agent says \"drain\"")},
      {"up drain 75%\n", away("the agent says \"up drain 75%\"", 75)},
      {"maint\n", away("the agent says \"maint\"")},
      {"0%\n", away("the agent says \"0%\"", 0)},
      {"down\n", down("the agent says \"down\"")},
      {"fail\n", down("the agent says \"fail\"")},
      {"stopped # by hand\n", down("the agent says \"stopped # by hand\"")},
      {"down drain\n", down("the agent says \"down drain\"")},
      {"", down("the agent names no state")},
      {" , \n", down("the agent names no state")},
      {"# up\n", down("the agent names no state")},
      {"hello\n", down("the agent said \"hello\"")},
      {"up hello\n", down("the agent said \"up hello\"")},
      {"-5%\n", down("the agent said \"-5%\"")},
      {"%\n", down("the agent said \"%\"")},
      {"99999999999%\n", down("the agent said \"99999999999%\"")},
  };
  for (const auto& [reply, outcome] : rows) EXPECT_EQ(agent_outcome(reply), outcome) << reply;
}

}  // namespace
}  // namespace rollcall::health
