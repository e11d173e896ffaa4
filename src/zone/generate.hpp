/// The parts of $GENERATE: its range and its template.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace rollcall::zone {

// In all lines and files of a zone: a /8 of addresses; more is a mistake.
inline constexpr std::uint64_t kMaxGenerated = 1U << 24;

/// "start-stop" or "start-stop/step".
struct GenerateRange {
  std::uint32_t start = 0;
  std::uint32_t stop = 0;
  std::uint32_t step = 1;
};

Result<GenerateRange> parse_generate_range(std::string_view text);

/// Replaces each `$` and `${offset,width,base}` by `value`; `\$` and `$$` stand for a dollar sign.
/// Bases are d, o, x, X, and n, N for nibbles separated by dots, the lowest first.
Result<std::string> generate(std::string_view pattern, std::uint32_t value);

}  // namespace rollcall::zone
