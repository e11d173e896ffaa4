/// A member's share of the answers: its weight, what it asks for itself, and how far it has grown
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
  std::uint8_t percent = 100;  // of it that the member asks for
  Duration grown{};            // since its return
  Duration ramp_up{};          // that it needs; zero: it has grown
};

/// In units of kWholeShare to a weight of 1. 0 where weight or percent are: it serves only where
/// nobody else does. Else at least 1: a share that grows begins with a tenth.
constexpr unsigned effective_share(const Share& share) noexcept {
  const unsigned whole = unsigned{share.weight} * std::min<unsigned>(share.percent, kWholeShare);
  if (whole == 0 || share.grown >= share.ramp_up) return whole;
  const auto steps = 1 + static_cast<unsigned>(share.grown * (kRampSteps - 1) / share.ramp_up);
  return std::max(whole * steps / kRampSteps, 1U);
}

}  // namespace rollcall::pool
