#include "yaml/yaml_outline.hpp"

#include <algorithm>

#include "yaml/characters.hpp"

namespace rollcall::yaml {
namespace {

/// The number of blanks at the beginning of a line.
std::size_t indent_at(std::string_view text, std::size_t line_start) {
  const std::size_t first = text.find_first_not_of(' ', line_start);
  return (first == kNone ? text.size() : first) - line_start;
}

/// True for a line that ends in the mark of a block text: "|", ">-", "|2".
bool opens_block_text(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (!line.empty() &&
         (line.back() == '-' || line.back() == '+' || (line.back() >= '1' && line.back() <= '9'))) {
    line.remove_suffix(1);
  }
  if (line.size() < 2 || (line.back() != '|' && line.back() != '>')) return false;
  return line[line.size() - 2] == ' ';
}

}  // namespace

YamlOutline::YamlOutline(std::string_view text, std::size_t end) : text_(text.substr(0, end)) {
  while (at_ < text_.size()) read_line();
}

/// True where a value may begin: a quote elsewhere is an ordinary character.
bool YamlOutline::at_value() const noexcept {
  std::size_t before = at_;
  while (before > line_start_ && is_blank(text_[before - 1])) --before;
  if (before == line_start_) return true;
  const char c = text_[before - 1];
  if (c == '[' || c == '{' || c == ',') return true;
  return (c == ':' || c == '-' || c == '?') && before < at_;
}

void YamlOutline::read_line() {
  line_start_ = at_;
  const std::size_t start = at_;
  while (at_ < text_.size() && text_[at_] != '\n') {
    const char c = text_[at_];
    if (c == '#' && (at_ == line_start_ || is_blank(text_[at_ - 1]))) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      break;
    }
    if ((c == '"' || c == '\'') && at_value()) {
      if (!read_quoted()) return;
      continue;
    }
    if ((c == '[' || c == '{') && (!brackets_.empty() || at_value())) brackets_.push_back(at_);
    if ((c == ']' || c == '}') && !brackets_.empty()) brackets_.pop_back();
    ++at_;
  }
  const std::string_view line = text_.substr(start, at_ - start);
  at_ = std::min(at_ + 1, text_.size());
  if (brackets_.empty() && opens_block_text(line)) skip_block_text(start);
}

/// @return false where the quote is not closed
bool YamlOutline::read_quoted() {
  const std::size_t open = at_;
  const char quote = text_[at_++];
  for (; at_ < text_.size(); ++at_) {
    if (quote == '"' && text_[at_] == '\\') {
      ++at_;
    } else if (text_[at_] == quote) {
      if (quote == '\'' && at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
        ++at_;
        continue;
      }
      last_quoted_ = Quoted{open, at_};
      const std::size_t line_end = text_.substr(open, at_ - open).rfind('\n');
      if (line_end != kNone) {
        last_of_lines_ = last_quoted_;
        line_start_ = open + line_end + 1;
      }
      ++at_;
      return true;
    }
  }
  at_ = text_.size();
  open_quote_ = Quoted{open, kNone};
  return false;
}

/// The lines of a block text are indented deeper than the line that opens it.
void YamlOutline::skip_block_text(std::size_t line_start) {
  const std::size_t outer = indent_at(text_, line_start);
  while (at_ < text_.size()) {
    const std::size_t indent = indent_at(text_, at_);
    const std::size_t first = at_ + indent;
    const bool empty = first >= text_.size() || text_[first] == '\n' || text_[first] == '\r';
    if (!empty && indent <= outer) return;
    at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
  }
}

}  // namespace rollcall::yaml
