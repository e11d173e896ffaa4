/// When work that costs more the more there is may be done again: after a pause that is some times
/// as long as the work took the last time, up to a limit. So the work takes a bounded part of a
/// thread's time while there is much, and next to no time passes before it while there is little.
#pragma once

#include <algorithm>

#include "core/instant.hpp"

namespace rollcall {

class Pacing {
 public:
  /// @param times the pause, in durations of the last run
  constexpr Pacing(int times, Duration limit) noexcept : times_(times), limit_(limit) {}

  /// A run has ended. @pre began <= ended
  constexpr void ran(Instant began, Instant ended) noexcept {
    next_ = ended + std::min(times_ * (ended - began), limit_);
  }

  /// When the next run may begin; long ago where there has been none.
  constexpr Instant next() const noexcept { return next_; }

 private:
  int times_;
  Duration limit_;
  Instant next_{};
};

}  // namespace rollcall
