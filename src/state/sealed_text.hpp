/// A state file's text with a head and an end: one that was cut short, emptied, changed or swapped
/// with another file is noticed.
///
///   serials 2                     the file's name and the version of this form
///   example.com. 128              the body, lines as they are
///   end 17 9ae0daaf               a number that grows with each save, and a CRC-32 of all before
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace rollcall::state {

struct UnsealedText {
  std::string_view body;
  std::uint64_t number = 0;  // of the save that wrote it
};

/// @param body lines, each with its end
std::string seal(std::string_view name, std::uint64_t number, std::string_view body);

/// True where the text has the first line of seal(); older versions wrote none.
bool has_sealed_head(std::string_view name, std::string_view text);

/// @return an error that says what is wrong: it has no end mark, or its checksum differs
Result<UnsealedText> unseal(std::string_view name, std::string_view text);

}  // namespace rollcall::state
