#include "health/degradation.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace rollcall::health {
namespace {

/// The state after each probe: g is good, w good and degraded, b bad.
std::string after(std::string_view probes, std::uint16_t rise) {
  Degradation degradation;
  std::string states;
  for (const char probe : probes) {
    degradation.apply({.good = probe != 'b', .reason = {}, .degraded = probe == 'w'}, rise);
    states += degradation.on() ? 'D' : '-';
  }
  return states;
}

TEST(Degradation, Table) {
  EXPECT_EQ(after("ggg", 2), "---");
  EXPECT_EQ(after("wgg", 2), "DD-");
  EXPECT_EQ(after("wgwgwgg", 2), "DDDDDD-");
  EXPECT_EQ(after("wbg", 2), "DDD");
  EXPECT_EQ(after("wgbg", 2), "DDD-");
  EXPECT_EQ(after("bbb", 1), "---");
  EXPECT_EQ(after("wg", 1), "D-");
}

}  // namespace
}  // namespace rollcall::health
