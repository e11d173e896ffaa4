#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;

TEST(RosterSimulation, KeepsItsInvariantsThroughAThousandWorlds) {
  std::uint64_t flips = 0;
  std::uint64_t restarts = 0;
  std::uint64_t overrides = 0;
  std::uint64_t refused = 0;
  std::uint64_t freezes = 0;
  for (std::uint64_t seed = 1; seed <= 1000 && !HasFailure(); ++seed) {
    World world(seed);
    world.run(30min);
    flips += world.flips();
    restarts += world.restarts();
    overrides += world.overrides();
    refused += world.refused_overrides();
    freezes += world.freezes();
  }
  // The worlds are worlds in which something happens.
  EXPECT_GT(flips, 10000U);
  EXPECT_GT(restarts, 1000U);
  EXPECT_GT(overrides, 1000U);
  EXPECT_GT(refused, 100U);
  EXPECT_GT(freezes, 100U);
}

TEST(RosterSimulation, TellsTheSameStoryForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World one(seed);
    World two(seed);
    one.run(20min);
    two.run(20min);
    ASSERT_EQ(one.trace(), two.trace()) << "seed " << seed;
    ASSERT_FALSE(one.trace().empty());
  }
}

}  // namespace
}  // namespace rollcall::sim
