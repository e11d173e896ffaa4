/// Reads only the quotes and brackets of a YAML text: which ones are open at a place, and which
/// quoted texts extend over several lines.
///
/// Limitations: the continuation lines of a plain value are read as values of their own.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace rollcall::yaml {

class YamlOutline {
 public:
  struct Quoted {
    std::size_t open = 0;   // offset of its first quote
    std::size_t close = 0;  // of its last; npos: never closed
  };

  /// @param end the text is read up to this offset
  YamlOutline(std::string_view text, std::size_t end);

  /// The quoted text that is not closed before the end.
  const std::optional<Quoted>& open_quote() const noexcept { return open_quote_; }
  /// The last closed one that contains a line end.
  const std::optional<Quoted>& last_of_lines() const noexcept { return last_of_lines_; }
  /// The last closed one.
  const std::optional<Quoted>& last_quoted() const noexcept { return last_quoted_; }
  /// Offsets of the brackets that are open at the end, the outermost first.
  const std::vector<std::size_t>& open_brackets() const noexcept { return brackets_; }

 private:
  void read_line();
  bool read_quoted();
  void skip_block_text(std::size_t line_start);
  bool at_value() const noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::optional<Quoted> open_quote_, last_of_lines_, last_quoted_;
  std::vector<std::size_t> brackets_;
};

}  // namespace rollcall::yaml
