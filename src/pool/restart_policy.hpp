/// When a member's agent may be asked to restart its service.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "core/instant.hpp"

namespace rollcall::pool {

inline constexpr Duration kRestartPause = std::chrono::minutes(5);  // between two of one member
inline constexpr Duration kRestartWindow = std::chrono::hours(1);
inline constexpr std::size_t kRestartsPerWindow = 3;  // what three did not repair, a person must

/// The restarts of one member that still count.
class RestartLedger {
 public:
  /// @return when the next restart is allowed, not before `now`
  Instant allowed_from(Instant now) const noexcept {
    Instant from = now;
    if (count_ == 0) return from;
    from = std::max(from, times_[(count_ - 1) % kRestartsPerWindow] + kRestartPause);
    if (count_ >= kRestartsPerWindow) {
      from = std::max(from, times_[count_ % kRestartsPerWindow] + kRestartWindow);
    }
    return from;
  }

  /// Whether the limit per hour is what forbids the next restart.
  bool is_spent(Instant now) const noexcept {
    return count_ >= kRestartsPerWindow &&
           times_[count_ % kRestartsPerWindow] + kRestartWindow == allowed_from(now);
  }

  void note(Instant now) noexcept { times_[count_++ % kRestartsPerWindow] = now; }

  /// Those that count at `now`, the oldest first.
  std::vector<Instant> recent(Instant now) const {
    std::vector<Instant> found;
    for (std::size_t i = count_ - std::min<std::size_t>(count_, kRestartsPerWindow); i < count_;
         ++i) {
      const Instant at = times_[i % kRestartsPerWindow];
      if (at + kRestartWindow > now) found.push_back(at);
    }
    return found;
  }

 private:
  std::array<Instant, kRestartsPerWindow> times_{};  // a ring
  std::uint32_t count_ = 0;                          // ever
};

}  // namespace rollcall::pool
