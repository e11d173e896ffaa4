/// Policy: which records are live, given which are healthy. Pure functions; the results are stored
/// as masks.
#pragma once

#include <bit>
#include <cstdint>

#include "pool/pool_spec.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::pool {

/// The records of one RRset of a pool as policy sees them: bit i of a mask is record i.
struct Ballot {
  std::size_t count = 0;       // records, 1..64
  std::uint64_t healthy = 0;   // has a member that is up or not known to be down, or is not probed
  std::uint64_t drained = 0;   // an operator has drained all of its members; never healthy
  std::uint64_t backup = 0;    // Tier::backup
  std::uint64_t fallback = 0;  // Tier::fallback
  std::uint64_t spare = 0;     // up, but kept back: serves only where no other record would
  std::uint64_t idle = 0;      // of share 0: the same, and min_healthy does not count it
};

/// The policy settings of a pool.
struct PoolPolicy {
  WhenAllDown when_all_down = WhenAllDown::fail_open;
  unsigned min_healthy = 0;  // percent of a tier
};

inline PoolPolicy policy_of(const PoolSpec& spec) noexcept {
  return {spec.when_all_down, spec.min_healthy};
}

/// The ballot of a pool that only observes: tiers and probes do not count, but a record that an
/// operator has taken out stays out.
/// @param taken bit i: an operator has drained or forced down every member of record i
constexpr Ballot observed(const Ballot& ballot, std::uint64_t taken) noexcept {
  return {.count = ballot.count, .healthy = ~taken, .drained = ballot.drained};
}

/// Whether of the records `of` at least one, and at least `min_healthy` percent, are healthy.
constexpr bool has_enough(std::uint64_t healthy, std::uint64_t of, unsigned min_healthy) noexcept {
  const int up = std::popcount(healthy & of);
  return up != 0 && up * 100 >= std::popcount(of) * static_cast<int>(min_healthy);
}

/// The healthy records of the highest tier that has enough of them; 0: the RRset is all down.
/// Drained records are not counted: maintenance of some is no failure of the rest.
constexpr std::uint64_t serving_members(const Ballot& ballot, unsigned min_healthy) noexcept {
  const std::uint64_t counted =
      zone::WatchTable::all_of(ballot.count) & ~(ballot.drained | ballot.fallback);
  const auto best_tier = [&](std::uint64_t up, std::uint64_t of) -> std::uint64_t {
    for (const std::uint64_t tier : {of & ~ballot.backup, of & ballot.backup}) {
      if (has_enough(up, tier, min_healthy)) return up & tier;
    }
    return 0;
  };
  const std::uint64_t serving = best_tier(ballot.healthy, counted & ~ballot.idle);
  if (serving != 0) return serving;
  return best_tier(ballot.healthy | ballot.spare, counted);
}

/// Whether the backup tier serves although there are primary members.
constexpr bool serves_backup(const Ballot& ballot, unsigned min_healthy) noexcept {
  const std::uint64_t serving = serving_members(ballot, min_healthy);
  const std::uint64_t primary =
      zone::WatchTable::all_of(ballot.count) & ~(ballot.backup | ballot.fallback);
  return serving != 0 && primary != 0 && (serving & ~ballot.backup) == 0;
}

/// The live mask of an RRset that is all down. Drained records come last: an operator has said that
/// they do not serve.
constexpr std::uint64_t last_resort(const Ballot& ballot, WhenAllDown when_all_down) noexcept {
  if (when_all_down == WhenAllDown::fail_closed) return 0;
  const std::uint64_t fallback = ballot.fallback & ~ballot.drained;
  if (fallback != 0) {
    const std::uint64_t up = fallback & (ballot.healthy | ballot.spare);
    return up != 0 ? up : fallback;
  }
  // The probes may be wrong: dead addresses are no worse than an empty answer.
  const std::uint64_t all = zone::WatchTable::all_of(ballot.count);
  return (all & ~ballot.drained) != 0 ? all & ~ballot.drained : all;
}

/// The live mask of a pool's RRset.
constexpr std::uint64_t live_members(const Ballot& ballot, const PoolPolicy& policy) noexcept {
  const std::uint64_t serving = serving_members(ballot, policy.min_healthy);
  return serving != 0 ? serving : last_resort(ballot, policy.when_all_down);
}

/// Whether an override needs force: it would turn the RRset all down or, where that is all down
/// already, take out the last record that is up and answered (a fallback), or the last one that can
/// still be answered.
constexpr bool takes_last_live(const Ballot& before, const Ballot& after,
                               const PoolPolicy& policy) noexcept {
  const bool serves = serving_members(after, policy.min_healthy) != 0;
  if (serving_members(before, policy.min_healthy) != 0) return !serves;
  const auto live_and_up = [&policy](const Ballot& ballot) {
    return live_members(ballot, policy) & (ballot.healthy | ballot.spare);
  };
  if (live_and_up(before) != 0 && live_and_up(after) == 0) return true;
  if (policy.when_all_down == WhenAllDown::fail_closed) return false;  // no record was live
  const std::uint64_t all = zone::WatchTable::all_of(before.count);
  return !serves && (all & ~before.drained) != 0 && (all & ~after.drained) == 0;
}

/// The live mask of an RRset that follows pools (MX, SRV, NS): a record is left out while its
/// target's pool is all down, and kept where leaving it out would leave none.
/// @param live the live mask of the RRset's own pool; all records where the RRset is no pool
/// @param present bit i: record i's target is no pool, or a pool that is not all down
constexpr std::uint64_t live_followers(std::uint64_t live, std::uint64_t present) noexcept {
  return (live & present) != 0 ? live & present : live;
}

}  // namespace rollcall::pool
