/// Combines several checks of one member: all, one or a number of them must pass.
#pragma once

#include <algorithm>
#include <cstddef>

#include "health/verdict.hpp"

namespace rollcall::health {

/// How many of a member's checks are in which state.
struct StateCount {
  std::size_t up = 0;
  std::size_t down = 0;
  std::size_t unknown = 0;

  constexpr void add(State state) noexcept {
    ++(state == State::up ? up : state == State::down ? down : unknown);
  }
};

/// @param needed how many checks must be up; 0, or more than there are, means all of them
/// @return up or down as soon as the unknown checks cannot change it; up without any check
constexpr State combine(const StateCount& count, std::size_t needed) noexcept {
  const std::size_t total = count.up + count.down + count.unknown;
  const std::size_t least = needed == 0 ? total : std::min(needed, total);
  if (count.up >= least) return State::up;
  if (count.up + count.unknown < least) return State::down;
  return State::unknown;
}

}  // namespace rollcall::health
