#include "daemon/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AtStart, EveryChangeIsNamed) {
  const AtStart before{.listen = {*Endpoint::parse("127.0.0.1", 53)},
                       .workers = 2,
                       .state_dir = "/a",
                       .control_socket = "/s"};
  EXPECT_THAT(changes(before, before), IsEmpty());
  AtStart after{.listen = {*Endpoint::parse("127.0.0.1", 53), *Endpoint::parse("::1", 54)},
                .when_absent = transport::WhenAbsent::wait,
                .workers = 4,
                .steer_by_cpu = true,
                .busy_poll = 50us,
                .state_dir = "/b",
                .user = "rollcall",
                .control_socket = "/t"};
  EXPECT_THAT(
      changes(before, after),
      ElementsAre(
          "server.listen changed from 127.0.0.1:53 to 127.0.0.1:53, [::1]:54",
          "server.listen_when_absent changed from fail to wait",
          "server.workers changed from 2 to 4", "server.steer_by changed from flow to cpu",
          "server.busy_poll changed from 0s to 50us", "server.state_dir changed from /a to /b",
          "server.user changed from nothing to rollcall", "control.socket changed from /s to /t"));
  after = before;
  after.listen_by_default = true;
  EXPECT_THAT(changes(before, after),
              ElementsAre("server.listen changed from 127.0.0.1:53 to its default"));
}

}  // namespace
}  // namespace rollcall::daemon
