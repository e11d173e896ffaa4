/// Flap damping: a penalty for each fall that decays with time, as that of BGP's routes.
/// Pure values.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/instant.hpp"

namespace rollcall::roster {

inline constexpr double kFlapPenalty = 1000;  // of one fall
// Above this a member is kept back when it returns: its third fall within about four minutes.
inline constexpr double kDampAbove = 2500;
inline constexpr double kReuseBelow = 750;  // less than one fall: it may make one more mistake
inline constexpr Duration kFlapHalfLife = std::chrono::minutes(5);
// However often it falls, it is kept back for three half-lives after the last time at the most.
inline constexpr double kMaxPenalty = 8 * kReuseBelow;

class FlapPenalty {
 public:
  /// @param now not before the last fall
  double at(Instant now) const noexcept {
    const auto past = std::chrono::duration<double>(now - noted_) / kFlapHalfLife;
    return value_ * std::exp2(-past);
  }
  void fall(Instant now) noexcept { set(at(now) + kFlapPenalty, now); }
  void clear() noexcept { value_ = 0; }

  bool damps(Instant now) const noexcept { return at(now) > kDampAbove; }
  /// When it has decayed to kReuseBelow; the past where it is below.
  Instant reuse_at() const noexcept {
    if (value_ <= kReuseBelow) return noted_;
    return noted_ +
           std::chrono::duration_cast<Duration>(std::chrono::duration<double>(kFlapHalfLife) *
                                                std::log2(value_ / kReuseBelow));
  }

 private:
  void set(double value, Instant now) noexcept {
    value_ = std::clamp(value, 0.0, kMaxPenalty);
    noted_ = now;
  }

  double value_ = 0;
  Instant noted_{};
};

}  // namespace rollcall::roster
