/// Whole numbers in text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace rollcall {

/// Digits of base ten and nothing else, before them a minus where Number has a sign.
/// @return nothing where the text is anything else or does not fit
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

}  // namespace rollcall
