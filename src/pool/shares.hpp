/// A member's share of the answers: by its weight, the part of it that it asks for, and its ramp-up
/// after a return. Pure functions.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/instant.hpp"

namespace rollcall::pool {

inline constexpr unsigned kWholeShare = 100;  // of weight 1; at most 255 of them
inline constexpr int kRampSteps = 10;         // in which a share grows

struct Share {
  std::uint8_t weight = 1;
  std::uint8_t percent = 100;  // of its weight that the member asks for
  Duration grown{};            // since its return
  Duration ramp_up{};          // until the share is whole; zero: it is
};

/// In units of kWholeShare to a weight of 1. 0 where weight or percent is 0: the member serves only
/// where no other does. Otherwise at least 1; a growing share begins with a tenth.
constexpr unsigned effective_share(const Share& share) noexcept {
  const unsigned whole = unsigned{share.weight} * std::min<unsigned>(share.percent, kWholeShare);
  if (whole == 0 || share.grown >= share.ramp_up) return whole;
  const auto steps = 1 + static_cast<unsigned>(share.grown * (kRampSteps - 1) / share.ramp_up);
  return std::max(whole * steps / kRampSteps, 1U);
}

}  // namespace rollcall::pool
