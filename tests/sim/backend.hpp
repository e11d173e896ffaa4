/// A member's host as the world knows it.
#pragma once

#include <algorithm>

#include "core/instant.hpp"

namespace rollcall::sim {

inline constexpr Duration kEndsWithin = std::chrono::milliseconds(5);    // of a dying process
inline constexpr Duration kResetsWithin = std::chrono::milliseconds(8);  // it stops listening
inline constexpr Duration kNearby = std::chrono::milliseconds(45);       // the way there and back

struct Backend {
  bool alive = true;
  bool withdrawn = false;  // dead, and says so itself
  bool silent = false;     // dead without a word: no power, or no way to it
  Instant changed{};       // when it last died or returned
  Instant refuses_from{};  // a process that dies resets connections before it refuses them
  Duration round_trip{};
  Duration idle_limit{};  // it closes connections that are idle for that long; 0: it does not
};

}  // namespace rollcall::sim
