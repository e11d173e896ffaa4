/// A zone on the board: its version, its watches, and the serial under which secondaries have it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/id_vector.hpp"
#include "core/instant.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "pool/serial.hpp"
#include "roll/effect.hpp"
#include "roll/ids.hpp"
#include "roster/vocabulary.hpp"
#include "zone/shares.hpp"

namespace rollcall::roster {

/// A record of a watched RRset and a member of its pool that stands behind it. An address has one
/// seat; an exchange has one for each of its addresses, or one that is elsewhere, and serves while
/// one of them does. Every record has a seat.
struct Seat {
  std::uint32_t record = 0;
  MemberIndex member;
};

/// An RRset whose mask the roster computes: bit i belongs to record i.
struct Watch {
  std::optional<PoolIndex> pool;                  // whose records these are
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
  bool unsent_version = false;  // nothing of the version has been published to secondaries
  std::vector<WatchId> unsent;  // watches whose masks have not been published
  std::vector<edit::ZoneEdit> unsent_edits;  // of the version, one after the other
  bool edits_lost = false;                   // there were too many to keep
  ZonePtr sent_zone;                         // the version of the last serial
  std::optional<std::uint32_t> full_serial;  // the first one of today's content
  std::optional<Instant> flip_sent;          // when flips alone moved the serial last
  bool flips_wait = false;                   // a SendFlips is due
  std::optional<std::uint32_t> past;         // a serial that gets past what a secondary holds
  std::optional<SecondaryFacts> ahead_told;  // what was told of that secondary
  std::string content;                       // digest of the zone's records; empty: unknown
  std::string sent;                          // content and masks of the last serial, where known
  IdVector<WatchId, Watch> watches;
  std::vector<PoolIndex> pools;
  std::vector<dns::Name> exchange_parents;  // of its MX pools: where their addresses may lie
  std::uint32_t unknown_members = 0;
  std::optional<Instant> notified;
  bool notify_waiting = false;
  std::string problem;
  bool told_refused = false;  // an alert has told of the problem

  /// Secondaries have all that is answered.
  bool is_all_sent() const {
    return !unsent_version && unsent.empty() && unsent_edits.empty() && !edits_lost;
  }
  std::vector<WatchId> all_watches() const {
    std::vector<WatchId> all;
    all.reserve(watches.size());
    for (const WatchId id : watches.ids()) all.push_back(id);
    return all;
  }
};

}  // namespace rollcall::roster
