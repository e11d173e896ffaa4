/// Time as a value. Nothing in a pure room reads a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

using Duration = std::chrono::nanoseconds;

/// A clock without now(): it only gives Instant a type of its own.
struct RollClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<RollClock>;
  static constexpr bool is_steady = true;
};

/// A point on a steady time line, whose zero is chosen by the clock that gives it.
using Instant = RollClock::time_point;

/// Calendar time, UTC. Used only where a restart or a person must understand it.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Reads "50us", "500ms", "5s", "10m", "2h" or "1d": a whole number and one unit.
/// @return nothing where the text is anything else or does not fit.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact form that parse_duration reads: 1500 ms is "1500ms", 60 s is "1m".
std::string format_duration(Duration duration);

/// " for 30m", or nothing: behind what lasts.
std::string lasting_text(std::optional<Duration> lasts);

/// "2026-11-22T18:08:27.123Z" (RFC 3339).
std::string format_wall_time(WallTime time);

}  // namespace rollcall
