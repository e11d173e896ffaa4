/// The clocks: the one place that reads the time for the roster.
#pragma once

#include <chrono>

#include "core/instant.hpp"

namespace rollcall::io {

inline Instant monotonic_now() {
  return Instant(std::chrono::steady_clock::now().time_since_epoch());
}

/// For timers.
inline std::chrono::steady_clock::time_point to_steady(Instant at) {
  return std::chrono::steady_clock::time_point(at.time_since_epoch());
}

inline WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace rollcall::io
