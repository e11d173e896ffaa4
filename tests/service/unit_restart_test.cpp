#include "service/unit_restart.hpp"

#include <gtest/gtest.h>

namespace rollcall::service {
namespace {

TEST(UnitStateOfSystemctl, IsReadFromItsLines) {
  EXPECT_EQ(read_unit_state("ActiveState=failed\nResult=start-limit-hit\nNRestarts=5\n"),
            (UnitState{"failed", "start-limit-hit", 5}));
  EXPECT_EQ(read_unit_state("NRestarts=0\nId=web.service\nResult=success"),
            (UnitState{"", "success", 0}));
}

TEST(UnitStateOfSystemctl, IsUnknownWhereTheLinesAreStrange) {
  EXPECT_EQ(read_unit_state(""), UnitState{});
  EXPECT_EQ(read_unit_state("\n=\nResult\nNRestarts=many\n"), UnitState{});
  EXPECT_EQ(read_unit_state("Result=\x1b[2J\nNRestarts=99999999999\n"),
            (UnitState{"", "\\x1b[2J", 0}));
  EXPECT_EQ(read_unit_state("Result=" + std::string(1000, 'x')).result.size(), 64U);
}

/// This machine's, if it has one.
TEST(SystemctlProgram, IsNamedByItsWholePath) {
  EXPECT_TRUE(systemctl() == "/usr/bin/systemctl" || systemctl() == "/bin/systemctl");
}

}  // namespace
}  // namespace rollcall::service
