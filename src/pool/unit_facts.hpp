/// What a node says of a systemd unit that its agent has restarted.
#pragma once

#include <cstdint>
#include <string>

namespace rollcall::pool {

struct UnitFacts {
  std::string result_before = {};     // how it had ended: "exit-code", "oom-kill"
  std::uint32_t restarts_before = 0;  // by systemd itself
  bool was_reset = false;             // it had failed: reset-failed came first
  std::string state = {};             // now: "active", "activating", "failed"
  std::string result = {};            // the same word now; empty: not a unit, or nothing is known
  std::uint32_t restarts = 0;
  std::string journal = {};  // its last lines

  bool operator==(const UnitFacts&) const = default;
};

/// Lines: how the unit had ended, how it is now, and the end of its journal. Empty where nothing is
/// known.
std::string unit_lines(const UnitFacts& unit);

/// The same below another text, if there is one.
std::string with_unit_lines(std::string text, const UnitFacts& unit);

}  // namespace rollcall::pool
