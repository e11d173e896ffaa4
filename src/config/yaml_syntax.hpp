/// What is wrong with a text that is no YAML, in words that say what is to be mended. yaml-cpp says
/// where it could not go on; the slip is often before that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::config {

struct SyntaxError {
  std::uint32_t line = 0;    // from 1
  std::uint32_t column = 0;  // from 1
  std::string message;
};

/// A quote that nothing closes to the end of the text: yaml-cpp takes all of that for one value.
std::optional<SyntaxError> find_open_quote(std::string_view text);

/// @param line,column where yaml-cpp stopped, from 1
/// @param said what yaml-cpp says; it stands in the message where nothing better is known
SyntaxError explain_syntax(std::string_view text, std::uint32_t line, std::uint32_t column,
                           std::string_view said);

}  // namespace rollcall::config
