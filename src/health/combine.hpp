/// Several checks of one member: all must pass, any of them, or a number of them.
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

/// @param needed of the checks that must be up; 0 stands for all of them, as does any greater
///        number than there are
/// @return up or down as soon as those that are unknown cannot change it; up without any check
constexpr State combine(const StateCount& count, std::size_t needed) noexcept {
  const std::size_t total = count.up + count.down + count.unknown;
  const std::size_t least = needed == 0 ? total : std::min(needed, total);
  if (count.up >= least) return State::up;
  if (count.up + count.unknown < least) return State::down;
  return State::unknown;
}

}  // namespace rollcall::health
