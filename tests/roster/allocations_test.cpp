/// While nothing is in doubt, results of probes allocate nothing; and building a zone costs by its
/// own size, not by that of all others.
#include <gtest/gtest.h>

#include "counted_allocations.hpp"
#include "stage.hpp"

namespace rollcall::roster {
namespace {

constexpr int kMembers = 60;

/// A pool of many members whose probes are answered at once.
class Quiet : public testing::Test {
 protected:
  Quiet() {
    std::string tail;
    for (int i = 1; i <= kMembers; ++i) tail += "www A 192.0.2." + std::to_string(i) + "\n";
    PoolSpec pool = pool_of("www.example.com");
    pool.checks[0].rise = 2;
    pool.checks[0].fall = 3;
    roster_.step(Configured{.pools = {pool}, .origins = {name_of("example.com")}}, now_);
    take(roster_.step(ZoneBuilt{build("example.com", tail, {"www.example.com"})}, now_));
    open_.reserve(kMembers);
  }
  void take(const std::vector<Effect>& effects) {
    for (const Effect& effect : effects) {
      if (const auto* start = std::get_if<StartProbe>(&effect)) open_.push_back(start->probe);
      if (const auto* wake = std::get_if<WakeAt>(&effect)) wake_ = wake->at;
      saves_ += std::holds_alternative<SaveHealth>(effect) ? 1U : 0U;
    }
  }
  /// @return results, each of them good
  std::size_t run_until(Instant end) {
    std::size_t results = 0;
    while (wake_ <= end) {
      now_ = wake_;
      take(roster_.step(Tick{}, now_));
      while (!open_.empty()) {
        const RunId probe = open_.back();
        open_.pop_back();
        take(roster_.step(ProbeDone{probe, {.good = true, .reason = {}}}, now_));
        ++results;
      }
    }
    return results;
  }

  Roster roster_{{}, 7};
  Instant now_{std::chrono::hours(1)};
  Instant wake_ = Instant::max();
  std::vector<RunId> open_;
  std::size_t saves_ = 0;
};

TEST_F(Quiet, ResultsAllocateNothing) {
  // State has just been saved, which allocates: the next time is in a minute.
  while (saves_ < 3) run_until(wake_);
  const std::size_t before = allocations;
  const std::size_t results = run_until(now_ + kSaveInterval - std::chrono::seconds(1));
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_GE(results, 5U * kMembers);
}

TEST_F(Quiet, WhatIsInDoubtIsCounted) {
  while (saves_ < 3) run_until(wake_);
  while (open_.empty()) {
    now_ = wake_;
    take(roster_.step(Tick{}, now_));
  }
  const std::size_t before = allocations;
  roster_.step(ProbeDone{open_.back(), {.good = false, .reason = std::string(64, 'x')}}, now_);
  EXPECT_GT(allocations - before, 0U) << "the counting works";
}

/// Allocations of building this many zones, each with a pool of MX records and its exchange.
std::size_t allocations_of_zones(int count) {
  Configured event;
  std::vector<PoolSpec> pools;
  std::vector<ZonePtr> zones;
  for (int i = 0; i < count; ++i) {
    const std::string origin = "z" + std::to_string(i) + ".example";
    PoolSpec pool = pool_of(origin);
    pool.records = PoolRecords::mx;
    pools.push_back(std::move(pool));
    event.origins.push_back(name_of(origin));
    zones.push_back(build(origin, "@ MX 1 mx\nmx A 192.0.2.2\n", {}, {origin}));
  }
  event.pools = std::move(pools);
  Roster roster({}, 7);
  const Instant now{std::chrono::hours(1)};
  const std::size_t before = allocations;
  roster.step(event, now);
  for (const ZonePtr& zone : zones) roster.step(ZoneBuilt{zone}, now);
  return allocations - before;
}

TEST(ManyZones, EachIsBoundOnce) {
  const std::size_t some = allocations_of_zones(200);
  const std::size_t twice = allocations_of_zones(400);
  EXPECT_GT(some, 200U);
  EXPECT_LE(twice, some * 22 / 10);
}

}  // namespace
}  // namespace rollcall::roster
