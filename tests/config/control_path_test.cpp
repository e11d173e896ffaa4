#include "config/control_path.hpp"

#include <gtest/gtest.h>

namespace rollcall::config {
namespace {

TEST(ControlPath, IsWhatTheConfigurationSays) {
  EXPECT_EQ(control_socket_of("control: {socket: /run/other.sock}\n", "/etc/r.yaml").value(),
            "/run/other.sock");
  EXPECT_EQ(control_socket_of("control: {socket: c.sock}\n", "/etc/r.yaml").value(), "/etc/c.sock");
}

TEST(ControlPath, HasADefault) {
  for (const char* text : {"", "zones: {}\n", "control: {}\n", "- 1\n"}) {
    EXPECT_EQ(control_socket_of(text, "r.yaml").value(), "/run/rollcall/control.sock") << text;
  }
}

TEST(ControlPath, IsThereWhateverElseIsWrong) {
  EXPECT_EQ(control_socket_of("zones: 7\nzones: 8\nnonsense: x\ncontrol: {socket: /s, x: 1}\n", "r")
                .value(),
            "/s");
}

TEST(ControlPath, SaysWhereTheFileCannotBeRead) {
  EXPECT_TRUE(control_socket_of("control: [\n", "r.yaml").error().message.starts_with("r.yaml:"));
  EXPECT_EQ(control_socket_of("control: {socket: [1]}\n", "r.yaml").error().message,
            "r.yaml: control.socket is not a path");
}

}  // namespace
}  // namespace rollcall::config
