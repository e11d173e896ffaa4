/// A zone as its board has it: its version, its watches, and under which serial secondaries have
/// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/id_vector.hpp"
#include "core/instant.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "roster/effect.hpp"
#include "roster/ids.hpp"
#include "roster/serial.hpp"
#include "zone/shares.hpp"

namespace rollcall::roster {

/// A record of a watched RRset and a member of its pool that stands behind it. An address has one
/// member; an exchange has one for each of its addresses, or one that is elsewhere, and serves
/// while one of them does. No record is without.
struct Seat {
  std::uint32_t record = 0;
  MemberIndex member;
};

/// An RRset whose mask the roster computes: bit i belongs to record i.
struct Watch {
  std::optional<PoolIndex> pool;                  // that these records are
  std::vector<Seat> seats;                        // of that pool's members
  std::vector<std::optional<PoolIndex>> targets;  // by record: the pool that it follows
  std::uint64_t mask = 0;                         // as last stored
  std::uint64_t sent = 0;                         // as last published
  zone::Shares shares;                            // as last stored
};

struct ServedZone {
  dns::StoredName origin;
  ZonePtr zone;
  bool published = false;
  SerialPolicy policy = SerialPolicy::file;
  ServedSerial serial;
  bool unsent_version = false;               // nothing of it has been published to secondaries
  std::vector<WatchId> unsent;               // watches whose masks have not
  std::optional<std::uint32_t> past;         // a serial that gets past what a secondary holds
  std::optional<SecondaryFacts> ahead_told;  // of that secondary
  std::string content;                       // of the zone's records; empty: nobody knows
  std::string sent;                          // content and masks of the last serial, where known
  IdVector<WatchId, Watch> watches;
  std::vector<PoolIndex> pools;
  std::vector<dns::Name> exchange_parents;  // of its MX pools: where their addresses may lie
  std::uint32_t unknown_members = 0;
  std::optional<Instant> notified;
  bool notify_waiting = false;
  std::string problem;

  std::vector<WatchId> all_watches() const {
    std::vector<WatchId> all;
    all.reserve(watches.size());
    for (const WatchId id : watches.ids()) all.push_back(id);
    return all;
  }
};

}  // namespace rollcall::roster
