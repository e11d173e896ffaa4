/// "did you mean": the nearest of some known words.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace rollcall {

/// The candidate with the least edit distance to `word` (letters inserted, left out, changed or
/// swapped with a neighbour), the first one on a tie; nothing where none is within a third of the
/// word's length.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> candidates);

}  // namespace rollcall
