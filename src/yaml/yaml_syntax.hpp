/// Explains what to correct in a text that is not YAML. yaml-cpp reports where it could not
/// continue; the mistake is often before that place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::yaml {

struct SyntaxError {
  std::uint32_t line = 0;    // from 1
  std::uint32_t column = 0;  // from 1
  std::string message;
};

/// A quote that is not closed before the end of the text: yaml-cpp takes the rest for one value.
std::optional<SyntaxError> find_open_quote(std::string_view text);

/// @param line,column where yaml-cpp stopped, from 1
/// @param said yaml-cpp's message, used where no better explanation is found
SyntaxError explain_syntax(std::string_view text, std::uint32_t line, std::uint32_t column,
                           std::string_view said);

}  // namespace rollcall::yaml
