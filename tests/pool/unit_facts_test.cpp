#include "pool/unit_facts.hpp"

#include <gtest/gtest.h>

namespace rollcall::pool {
namespace {

TEST(UnitLines, TellHowItWasHowItIsAndWhatItWrote) {
  EXPECT_EQ(unit_lines({.result_before = "start-limit-hit",
                        .restarts_before = 5,
                        .was_reset = true,
                        .state = "active",
                        .result = "success",
                        .journal = "apache2: no config\napache2: up\n"}),
            "systemd before: start-limit-hit (systemd had restarted it 5 times); its failures were "
            "reset (reset-failed)\n"
            "systemd now: active\n"
            "the end of its journal:\n"
            "  apache2: no config\n"
            "  apache2: up\n");
  EXPECT_EQ(unit_lines({.result = "exit-code", .restarts = 1}),
            "systemd now: exit-code (systemd had restarted it 1 time)\n");
  EXPECT_EQ(unit_lines({.state = "failed", .result = "exit-code"}),
            "systemd now: failed, exit-code\n");
  EXPECT_EQ(unit_lines({.journal = "one"}), "the end of its journal:\n  one\n");
}

TEST(UnitLines, OfAScriptThereAreNone) {
  EXPECT_EQ(unit_lines({}), "");
  EXPECT_EQ(with_unit_lines("done in 1.0 s", {}), "done in 1.0 s");
  EXPECT_EQ(with_unit_lines("failed\n", {}), "failed\n");
}

TEST(UnitLines, StandBelowWhatTheAgentSaid) {
  EXPECT_EQ(with_unit_lines("failed", {.result = "exit-code"}), "failed\nsystemd now: exit-code\n");
  EXPECT_EQ(with_unit_lines("failed\nno config\n", {.result = "exit-code"}),
            "failed\nno config\nsystemd now: exit-code\n");
  EXPECT_EQ(with_unit_lines("", {.result = "exit-code"}), "systemd now: exit-code\n");
}

}  // namespace
}  // namespace rollcall::pool
