/// A text without the blanks around it.
#pragma once

#include <string_view>

namespace rollcall {

/// @param blanks the characters that are left out at the beginning and the end
constexpr std::string_view trimmed(std::string_view text,
                                   std::string_view blanks = " \t\r\n") noexcept {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace rollcall
