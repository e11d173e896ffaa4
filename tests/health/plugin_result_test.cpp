#include "health/plugin_result.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

struct PluginRow {
  int status;
  const char* output;
  bool good, degraded;
  const char* reason;
};

TEST(PluginResult, Table) {
  const PluginRow rows[] = {
      {0, "OK - 3 users | users=3\n", true, false, ""},
      {1, "WARNING - disk 91% | d=91\nmore\n", true, true, "exit status 1: WARNING - disk 91%"},
      {2, "CRITICAL\n", false, false, "exit status 2: CRITICAL"},
      {3, "", false, false, "exit status 3"},
      {127, "\n", false, false, "exit status 127"},
      {137, "|x", false, false, "exit status 137"},
  };
  for (const PluginRow& row : rows) {
    const Outcome expected{.good = row.good, .reason = row.reason, .degraded = row.degraded};
    EXPECT_EQ(plugin_outcome(row.status, row.output), expected) << row.status;
  }
}

}  // namespace
}  // namespace rollcall::health
