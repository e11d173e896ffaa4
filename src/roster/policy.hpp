/// Policy: who is live, given who is healthy. Pure functions; the results are stored as masks.
#pragma once

#include <cstdint>

#include "roster/pool_spec.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::roster {

/// The live mask of a pool's RRset.
/// @param healthy bit i: record i has a member that is up or not known to be down, or is not probed
/// @param count records, 1..64
constexpr std::uint64_t live_members(std::uint64_t healthy, std::size_t count,
                                     WhenAllDown when_all_down) noexcept {
  if (healthy != 0) return healthy;
  // Answering the dead is no worse than answering nobody, where it is the probes that are wrong.
  return when_all_down == WhenAllDown::fail_open ? zone::WatchTable::all_of(count) : 0;
}

/// The live mask of an RRset that follows pools (MX, SRV, NS): a record is left out while its
/// target's pool has no healthy member, and kept where leaving it out would leave none.
/// @param live what the RRset's own pool lets live; all records where it is none
/// @param present bit i: record i's target is no pool, or a pool with a healthy member
constexpr std::uint64_t live_followers(std::uint64_t live, std::uint64_t present) noexcept {
  return (live & present) != 0 ? live & present : live;
}

}  // namespace rollcall::roster
