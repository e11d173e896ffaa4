/// The roster's own record of a zone: its version, its watches, and under which serial secondaries
/// have it.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/instant.hpp"
#include "dns/name.hpp"
#include "roster/event.hpp"
#include "roster/members.hpp"
#include "roster/serial.hpp"

namespace rollcall::roster {

struct ServedZone {
  dns::Name origin;
  ZonePtr zone;
  bool published = false;
  SerialPolicy policy = SerialPolicy::file;
  ServedSerial serial;
  bool unsent_version = false;        // nothing of it has been published to secondaries
  std::vector<std::uint32_t> unsent;  // watches whose masks have not
  std::optional<std::uint32_t> past;  // a serial that gets past what a secondary holds
  std::string ahead_told;             // of that secondary
  std::string content;                // of the zone's records; empty: nobody knows
  std::string sent;                   // content and masks of the last serial, where known
  std::vector<Watch> watches;
  std::vector<std::uint32_t> pools;
  std::unordered_map<dns::Name, std::uint32_t> pool_index;  // of `pools`, by name
  std::vector<dns::Name> exchange_parents;  // of its MX pools: where their addresses may lie
  std::uint32_t unknown_members = 0;
  std::optional<Instant> notified;
  bool notify_waiting = false;
  std::string problem;

  std::vector<std::uint32_t> all_watches() const {
    std::vector<std::uint32_t> all(watches.size());
    std::iota(all.begin(), all.end(), 0U);
    return all;
  }
};

}  // namespace rollcall::roster
