#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/world.hpp"

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;

// Sanitized builds are ten times as slow: they simulate a part of the worlds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kPart = 10;
#else
constexpr std::uint64_t kPart = 1;
#endif

struct Batch {
  std::uint64_t first;  // seed
  std::uint64_t last;
  Duration lasts;  // each world
};

/// Its name in a list of tests.
std::string name_of(const testing::TestParamInfo<Batch>& batch) {
  return fmt::format("Seeds{}To{}", batch.param.first, batch.param.last);
}

/// ROLLCALL_SIM_SHIFT=10000 tells of other worlds than those of every day.
std::uint64_t seed_shift() {
  const char* shift = std::getenv("ROLLCALL_SIM_SHIFT");
  return shift != nullptr ? std::strtoull(shift, nullptr, 10) : 0;
}

/// What happened just before the fault.
std::string end_of(const std::string& trace) {
  constexpr std::size_t kShown = 3000;
  return trace.substr(trace.size() - std::min(trace.size(), kShown));
}

class RosterSimulation : public testing::TestWithParam<Batch> {};

TEST_P(RosterSimulation, KeepsItsInvariants) {
  std::uint64_t flips = 0;
  std::uint64_t restarts = 0;
  std::uint64_t overrides = 0;
  std::uint64_t refused = 0;
  std::uint64_t freezes = 0;
  std::uint64_t wire_ends = 0;
  std::uint64_t fast_falls = 0;
  std::uint64_t withheld = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t taken = 0;
  const Batch& batch = GetParam();
  const std::uint64_t last = batch.first + (batch.last - batch.first) / kPart;
  for (std::uint64_t seed = batch.first; seed <= last && !HasFailure(); ++seed) {
    World world(seed + seed_shift());
    world.run(batch.lasts);
    if (HasFailure()) ADD_FAILURE() << end_of(world.trace());
    flips += world.flips();
    restarts += world.restarts();
    overrides += world.overrides();
    refused += world.refused_overrides();
    freezes += world.freezes();
    wire_ends += world.wire_ends();
    fast_falls += world.fast_falls();
    withheld += world.withheld();
    unchanged += world.unchanged();
    taken += world.taken();
  }
  // The worlds are worlds in which something happens.
  EXPECT_GT(flips, 10000 / kPart);
  EXPECT_GT(restarts, 1000 / kPart);
  EXPECT_GT(overrides, 1000 / kPart);
  EXPECT_GT(refused, 100 / kPart);
  EXPECT_GT(freezes, 100 / kPart);
  EXPECT_GT(wire_ends, 10000 / kPart);
  EXPECT_GT(fast_falls, 100 / kPart);
  EXPECT_GT(withheld, 100 / kPart);
  EXPECT_GT(unchanged, 100 / kPart);
  EXPECT_GT(taken, 100 / kPart);
}

// Many short worlds find more than few long ones; what takes long to come is found by these.
INSTANTIATE_TEST_SUITE_P(ShortWorlds, RosterSimulation,
                         testing::Values(Batch{1, 2450, 5min}, Batch{2451, 4900, 5min},
                                         Batch{4901, 7350, 5min}, Batch{7351, 9800, 5min}),
                         name_of);
INSTANTIATE_TEST_SUITE_P(LongWorlds, RosterSimulation, testing::Values(Batch{9801, 10000, 60min}),
                         name_of);

TEST(RosterStory, TellsTheSameStoryForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 20 / kPart; ++seed) {
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
