/// Policy: who is live, given who is healthy. Pure functions; the results are stored as masks.
#pragma once

#include <cstdint>

#include "roster/pool_spec.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::roster {

/// The live mask of a pool's RRset.
/// @param healthy bit i: record i has a member that is up or not known to be down, or is not probed
/// @param count records, 1..64
/// @param drained bit i: an operator has drained every member of record i; none of them is healthy
constexpr std::uint64_t live_members(std::uint64_t healthy, std::size_t count,
                                     WhenAllDown when_all_down,
                                     std::uint64_t drained = 0) noexcept {
  if (healthy != 0) return healthy;
  if (when_all_down == WhenAllDown::fail_closed) return 0;
  // Answering the dead is no worse than answering nobody, where it is the probes that are wrong.
  // Of the drained it is an operator who says so: they come last.
  const std::uint64_t all = zone::WatchTable::all_of(count);
  return (all & ~drained) != 0 ? all & ~drained : all;
}

/// Whether an override may not be set without force: it would take the last live member, or where
/// none is healthy anyway, the last one that fail_open can still answer.
/// @param healthy_before, healthy_after, drained_before, drained_after as for live_members
constexpr bool takes_last_live(std::uint64_t healthy_before, std::uint64_t drained_before,
                               std::uint64_t healthy_after, std::uint64_t drained_after,
                               std::size_t count, WhenAllDown when_all_down) noexcept {
  if (healthy_before != 0) return healthy_after == 0;
  if (when_all_down == WhenAllDown::fail_closed) return false;  // nobody was live
  const std::uint64_t all = zone::WatchTable::all_of(count);
  return healthy_after == 0 && (all & ~drained_before) != 0 && (all & ~drained_after) == 0;
}

/// The live mask of an RRset that follows pools (MX, SRV, NS): a record is left out while its
/// target's pool has no healthy member, and kept where leaving it out would leave none.
/// @param live what the RRset's own pool lets live; all records where it is none
/// @param present bit i: record i's target is no pool, or a pool with a healthy member
constexpr std::uint64_t live_followers(std::uint64_t live, std::uint64_t present) noexcept {
  return (live & present) != 0 ? live & present : live;
}

}  // namespace rollcall::roster
