/// The pattern that is searched for in a reply: a text, perhaps tied to the ends of a line, or a
/// regular expression.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace re2 {
class RE2;
}

namespace rollcall::health {

/// For one expression: its program and the limit of its automata. Where that is not enough, RE2
/// uses a slower method, in time still linear in the text.
inline constexpr std::int64_t kMaxRegexMemory = 1 << 20;  // octets

/// A value: copies share a compiled expression, which any thread may use.
///
/// In a text, `^` at the front stands for the beginning of a line and `$` at the end for the end of
/// one; `\^` at the front and `\$` at the end are the characters themselves. In an expression `^`
/// and `$` are the ends of a line too. A line ends with LF or CR LF.
class TextPattern {
 public:
  TextPattern() = default;           // empty: nothing is searched for
  TextPattern(std::string written);  // NOLINT(google-explicit-constructor): a text
  TextPattern(const char* written) : TextPattern(std::string(written)) {}  // NOLINT

  /// @param written in RE2's syntax
  /// @return or RE2's error message
  static Result<TextPattern> regex(const std::string& written);

  bool empty() const noexcept { return written_.empty(); }
  /// The pattern as in the configuration.
  const std::string& written() const noexcept { return written_; }
  /// For messages: "220", or /^220 / for an expression.
  std::string quoted() const;
  /// True for `^`, `$` and expressions that match an empty text: such a check proves nothing.
  bool matches_nothing_said() const;

  /// Finds the first match that begins at `from` or later; the text before `from` still decides
  /// whether a line begins there.
  /// @param complete the text has ended, which ends its last line; otherwise more may follow, and
  ///        only a match that no continuation can undo counts
  /// @return where the match ends
  std::optional<std::size_t> find_end(std::string_view text, std::size_t from, bool complete) const;

  /// The same in a whole text, from its beginning.
  bool is_in(std::string_view text) const { return find_end(text, 0, true).has_value(); }

  bool at_line_start() const noexcept { return line_start_; }
  bool at_line_end() const noexcept { return line_end_; }
  /// The text without its anchors; empty for an expression.
  const std::string& text() const noexcept { return text_; }
  bool is_regex() const noexcept { return regex_ != nullptr; }

  friend bool operator==(const TextPattern& a, const TextPattern& b) noexcept {
    return a.written_ == b.written_ && a.is_regex() == b.is_regex();
  }

 private:
  std::optional<std::size_t> find_text(std::string_view text, std::size_t from,
                                       bool complete) const;
  std::optional<std::size_t> find_regex(std::string_view text, std::size_t from,
                                        bool complete) const;

  std::string written_;
  std::string text_;
  bool line_start_ = false;
  bool line_end_ = false;
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace rollcall::health
