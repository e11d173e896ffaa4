/// What the tests of state_dir write and read.
#pragma once

#include <string_view>

#include "core/instant.hpp"
#include "dns/name.hpp"

namespace rollcall::store {

inline constexpr WallTime kNow{std::chrono::seconds(1'795'348'800)};

inline dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text);
}

}  // namespace rollcall::store
