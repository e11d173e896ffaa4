/// Patterns in which "*" stands for any run of characters, including an empty one.
#pragma once

#include <string_view>

namespace rollcall {

constexpr bool is_wildcard(std::string_view text) noexcept {
  return text.find('*') != std::string_view::npos;
}

/// Whether `pattern` matches the whole of `text`. The case of ASCII letters does not count.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

}  // namespace rollcall
