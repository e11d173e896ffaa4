/// Patterns in which "*" stands for any run of characters, also an empty one.
#pragma once

#include <string_view>

namespace rollcall {

constexpr bool is_wildcard(std::string_view text) noexcept {
  return text.find('*') != std::string_view::npos;
}

/// Whether the whole of `text` is what `pattern` says. ASCII letters of either case are the same.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

}  // namespace rollcall
