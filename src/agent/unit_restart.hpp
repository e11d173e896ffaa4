/// Restarts a systemd unit, and tells what systemd and the journal know of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent_link/agent_protocol.hpp"
#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::agent {

/// How many of the unit's last journal lines go into a report, and how many octets of them.
inline constexpr int kJournalLines = 10;
inline constexpr std::size_t kJournalLimit = 4096;

/// Where systemctl is on this machine.
std::string systemctl();

/// What `systemctl show` says of a unit.
struct UnitState {
  std::string result;          // "success", "exit-code", "start-limit-hit", ...; empty: unknown
  std::uint32_t restarts = 0;  // by systemd itself, since the unit was started last

  bool operator==(const UnitState&) const = default;
};

/// @param shown the lines "Result=..." and "NRestarts=..."; what else is there is skipped
UnitState read_unit_state(std::string_view shown);

/// Runs `systemctl restart UNIT`. A unit that systemd no longer starts because it has failed too
/// often (start-limit-hit) gets `systemctl reset-failed` first.
/// @param time_limit of the restart alone; looking takes at most kUnitLookLimit before it and twice
///        that after it
asio::awaitable<agent_link::RestartReport> restart_unit(std::string unit, Duration time_limit);

inline constexpr Duration kUnitLookLimit = std::chrono::seconds(3);

}  // namespace rollcall::agent
