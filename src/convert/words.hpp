/// The words of configuration files with braces: BIND's named.conf and gdnsd's vscf.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "convert/conversion.hpp"

namespace rollcall::convert {

struct Word {
  std::string text;   // without quotes and escapes; of a mark, the mark
  bool mark = false;  // a brace and the like
  bool quoted = false;
  std::uint32_t line = 0;    // from 1
  std::uint32_t column = 0;  // from 1, in octets

  bool is_mark(std::string_view wanted) const noexcept { return mark && text == wanted; }
};

/// Which characters are marks, and what begins a comment.
enum class Dialect : std::uint8_t {
  named,  // marks { } ; and comments from # or // to the end of the line, or between /* and */
  vscf,   // marks { } [ ] , = (also written =>) and comments from # or ; to the end of the line
};

inline constexpr unsigned kMaxDepth = 32;  // of braces within braces: no file of people has more

/// @return the words, or the place of a quote or a comment that is not closed
Result<std::vector<Word>, Diagnostic> read_words(const SourceFile& source, Dialect dialect);

/// An error at the place of `word`.
Diagnostic wrong_word(const SourceFile& source, const Word& word, std::string message);
SourcePosition place_of(const SourceFile& source, const Word& word);

}  // namespace rollcall::convert
