#include "core/wildcard.hpp"

#include "core/letters.hpp"

namespace rollcall {

/// Only the last "*" is ever tried again: whatever an earlier "*" could match, the last one can
/// match too. So the time is at most the product of both sizes.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // of the pattern
  std::size_t taken = 0;                      // of the text, where that star's run ends
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && lowered(pattern[p]) == lowered(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace rollcall
