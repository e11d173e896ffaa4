/// What both readers of YAML text ask of a character.
#pragma once

#include <string_view>

namespace rollcall::yaml {

inline constexpr std::size_t kNone = std::string_view::npos;

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace rollcall::yaml
