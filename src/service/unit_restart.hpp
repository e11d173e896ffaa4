/// Restarts a systemd unit, and tells what systemd and the journal know of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent_link/agent_protocol.hpp"
#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::service {

/// How many of the unit's last journal lines go into a report, and how many octets of them. A
/// failed start and a restart are some ten lines of systemd's own: the reason stands above them.
inline constexpr int kJournalLines = 20;
inline constexpr std::size_t kJournalLimit = 4096;

/// Where systemctl is on this machine.
std::string systemctl();

/// What `systemctl show` says of a unit.
struct UnitState {
  std::string active;          // "active", "inactive", "failed", ...; empty: unknown
  std::string result;          // "success", "exit-code", "start-limit-hit", ...; empty: unknown
  std::uint32_t restarts = 0;  // by systemd itself, since the unit was started last

  bool operator==(const UnitState&) const = default;
};

/// @param shown lines "ActiveState=...", "Result=..." and "NRestarts=..."; others are skipped
UnitState read_unit_state(std::string_view shown);

/// Runs `systemctl restart UNIT`. A unit that has failed gets `systemctl reset-failed` first:
/// systemd may have given it up (start-limit-hit), and would refuse. Its Result does not tell: one
/// that failed before it reached the limit keeps the word for that failure.
/// @param time_limit of the restart alone; looking takes at most kUnitLookLimit before it and twice
///        that after it
asio::awaitable<agent_link::RestartReport> restart_unit(std::string unit, Duration time_limit);

inline constexpr Duration kUnitLookLimit = std::chrono::seconds(3);

}  // namespace rollcall::service
