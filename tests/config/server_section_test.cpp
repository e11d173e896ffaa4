#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ServerSection, RefusesWrongAddresses) {
  EXPECT_THAT(
      messages_after_zone(R"(server:
  listen: [127.0.0.1:99999, [::1]:53, 127.0.0.1:0, 127.0.0.1, "127.0.0.1:53", localhost]
)"),
      ElementsAre(
          R"(r.yaml:3:12: error: server.listen must be an address with or without a port, such as 127.0.0.1:53 or "[::1]:53", not "127.0.0.1:99999")",
          R"(r.yaml:3:29: error: server.listen must be an address; write IPv6 with a port in quotes, as "[::1]:53")",
          R"(r.yaml:3:39: error: server.listen must be an address with or without a port, such as 127.0.0.1:53 or "[::1]:53", not "127.0.0.1:0")",
          R"(r.yaml:3:63: error: server.listen names 127.0.0.1:53 twice)",
          R"(r.yaml:3:79: error: server.listen must be an address with or without a port, such as 127.0.0.1:53 or "[::1]:53", not "localhost")"));
}

TEST(ServerSection, RefusesWrongTypes) {
  EXPECT_THAT(
      messages_after_zone(R"(server:
  listen: 127.0.0.1:53
  workers: many
  state_dir: [a]
  user: {name: x}
  nsid:
)"),
      ElementsAre(
          "r.yaml:3:11: error: server.listen must be a list, not a single value",
          "r.yaml:4:12: error: server.workers must be a whole number from 1 to 256, not \"many\"",
          "r.yaml:5:14: error: server.state_dir must be a single value, not a list",
          "r.yaml:6:9: error: server.user must be a single value, not a map",
          "r.yaml:7:3: error: server.nsid needs a value"));
}

TEST(ServerSection, RefusesWhatIsEmptyOrTooLong) {
  EXPECT_THAT(messages_after_zone("server: {listen: [], nsid: '" + std::string(129, 'x') + "'}"),
              ElementsAre("r.yaml:2:18: error: server.listen must name at least one address",
                          "r.yaml:2:28: error: server.nsid is longer than 128 octets"));
  EXPECT_THAT(messages_after_zone(R"(server: {user: "a\0b"})"),
              ElementsAre("r.yaml:2:16: error: server.user must be one line without control "
                          "characters"));
  EXPECT_THAT(messages_after_zone("server: [a]"),
              ElementsAre("r.yaml:2:9: error: server must be a map, not a list"));
}

TEST(ServerSection, HowPacketsFindTheirWorker) {
  const ParsedOptions parsed =
      parse("{zones: {a.b: {file: db}}, server: {steer_by: cpu, busy_poll: 50us}}");
  ASSERT_TRUE(parsed.options);
  EXPECT_TRUE(parsed.options->server.steer_by_cpu);
  EXPECT_EQ(parsed.options->server.busy_poll, std::chrono::microseconds(50));
  EXPECT_THAT(messages_after_zone("server: {workers: 2, steer_by: cpu, busy_poll: 1s}"),
              ElementsAre("r.yaml:2:32: error: server.steer_by cpu needs one worker for each CPU: "
                          "set workers to auto",
                          "r.yaml:2:48: error: server.busy_poll must be from 0s to 10ms, not 1s"));
}

TEST(ServerSection, AddressesThatAreNotThereYet) {
  const ParsedOptions usual = parse("{zones: {a.b: {file: db}}}");
  ASSERT_TRUE(usual.options);
  EXPECT_TRUE(usual.options->server.listen_by_default);
  EXPECT_FALSE(usual.options->server.wait_for_absent);
  const ParsedOptions parsed =
      parse("{zones: {a.b: {file: db}}, server: {listen: [192.0.2.1], listen_when_absent: wait}}");
  ASSERT_TRUE(parsed.options);
  EXPECT_FALSE(parsed.options->server.listen_by_default);
  EXPECT_TRUE(parsed.options->server.wait_for_absent);
  EXPECT_THAT(
      messages_after_zone("server: {listen_when_absent: never}"),
      ElementsAre("r.yaml:2:30: error: server.listen_when_absent \"never\" is not a valid choice "
                  "(there are: fail, wait)"));
}

TEST(ServerSection, AnEmptySectionIsNone) {
  EXPECT_THAT(messages_after_zone("server:\ncontrol:\n"), IsEmpty());
}

TEST(ServerSection, PathsAreRelativeToTheFile) {
  const ParsedOptions parsed =
      parse("{zones: {a.b: {file: ../zones/db}}, server: {state_dir: state}, control: {socket: c}}",
            "conf/r.yaml");
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->zones[0].file, "zones/db");
  EXPECT_EQ(parsed.options->server.state_dir, "conf/state");
  EXPECT_EQ(parsed.options->control.socket, "conf/c");
}

TEST(ControlSection, HttpComesLater) {
  EXPECT_THAT(
      messages_after_zone("control:\n  http: 127.0.0.1:8053\n  token_file: t\n  soket: s\n"),
      ElementsAre("r.yaml:3:3: error: control.http is not supported in this version",
                  "r.yaml:4:3: error: control.token_file is not supported in this version",
                  R"(r.yaml:5:3: error: unknown key "soket" in control, did you mean "socket"?)"));
}

TEST(ControlSection, ASocketsPathIsShort) {
  EXPECT_THAT(messages_after_zone("control: {socket: /" + std::string(107, 's') + "}"),
              ElementsAre("r.yaml:2:19: error: control.socket is longer than the 107 octets "
                          "allowed for the path of a socket"));
}

}  // namespace
}  // namespace rollcall::config
