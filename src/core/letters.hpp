/// ASCII letters without their case, as protocols compare keywords; no locale has a say.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace rollcall {

constexpr char lowered(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lowered(c);
  return out;
}

constexpr bool same_letter(char a, char b) noexcept {
  return lowered(a) == lowered(b);
}

/// Equal but for the case of letters.
constexpr bool same_letters(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, same_letter);
}

}  // namespace rollcall
