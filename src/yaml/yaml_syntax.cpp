#include "yaml/yaml_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "core/trimmed.hpp"
#include "yaml/characters.hpp"
#include "yaml/yaml_outline.hpp"

namespace rollcall::yaml {
namespace {

bool says_nothing(std::string_view line) {
  line = trimmed(line);
  return line.empty() || line.front() == '#';
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

std::string blanks(std::size_t count) {
  return fmt::format("{} blank{}", count, count == 1 ? "" : "s");
}

/// Searches for the mistake behind one error. Each search finds one kind, or returns nothing.
class Explanation {
 public:
  Explanation(std::string_view text, std::uint32_t line, std::uint32_t column,
              std::string_view said)
      : text_(text), said_(said) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines_.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    line_ = std::clamp<std::size_t>(line, 1, lines_.size()) - 1;
    column_ = column > 0 ? column - 1 : 0;
    above_ = line_;
    while (above_ > 0 && says_nothing(lines_[--above_])) {
    }
  }

  std::optional<SyntaxError> find() const {
    if (const auto open = find_open_quote(text_)) return open;
    for (const auto search :
         {&Explanation::tab, &Explanation::reserved, &Explanation::quote_over_lines,
          &Explanation::bracket, &Explanation::lost_blank, &Explanation::second_colon,
          &Explanation::behind_quote, &Explanation::list_item, &Explanation::no_colon,
          &Explanation::indentation}) {
      if (auto found = (this->*search)()) return found;
    }
    return std::nullopt;
  }

 private:
  static SyntaxError at(std::size_t line, std::size_t column, std::string message) {
    return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1),
            std::move(message)};
  }
  SyntaxError at_offset(std::size_t offset, std::string message) const {
    const std::string_view before = text_.substr(0, offset);
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    return at(line, offset - (before.rfind('\n') + 1), std::move(message));
  }
  bool says(std::string_view part) const { return said_.contains(part); }
  std::string_view line() const { return lines_[line_]; }
  std::size_t offset() const {
    const auto start = static_cast<std::size_t>(line().data() - text_.data());
    return std::min(start + column_, text_.size());
  }

  std::optional<SyntaxError> tab() const {
    for (const std::size_t number : {line_, above_}) {
      const std::string_view looked_at = lines_[number];
      const std::size_t tab = looked_at.find('\t');
      if (tab == kNone || looked_at.find_first_not_of(" \t") < tab) continue;
      return at(number, tab, "a tab in the indentation: YAML allows only blanks there");
    }
    return std::nullopt;
  }

  /// A value that begins with a character that YAML reserves.
  std::optional<SyntaxError> reserved() const {
    if (!says("anchor") && !says("unknown token") && !says("alias") && !says("tag")) {
      return std::nullopt;
    }
    std::string_view word = line().substr(std::min(column_, line().size()));
    word = word.substr(0, word.find_first_of(" \t\r,]}"));
    if (word.size() > 1 && word.back() == ':') word.remove_suffix(1);
    if (word.empty()) return std::nullopt;
    return at(line_, column_,
              fmt::format("{} must be in quotes: in YAML a text cannot begin with \"{}\"", word,
                          word.front()));
  }

  /// A missing closing quote: the quote that opens the next text closes this one.
  std::optional<SyntaxError> quote_over_lines() const {
    const auto quoted = YamlOutline(text_, offset()).last_of_lines();
    if (!quoted) return std::nullopt;
    const SyntaxError close = at_offset(quoted->close, "");
    if (close.line != line_ + 1) return std::nullopt;
    return at_offset(quoted->open,
                     fmt::format("the text opened here is not closed in this line: the next {} is "
                                 "in line {}",
                                 text_[quoted->open], close.line));
  }

  std::optional<SyntaxError> bracket() const {
    if (says("illegal flow end")) {
      return at(line_, column_ > 0 && column_ >= line().size() ? line().size() - 1 : column_,
                "this closing bracket has no opening bracket");
    }
    const std::vector<std::size_t> open = YamlOutline(text_, offset()).open_brackets();
    if (open.empty() || !says("flow")) return std::nullopt;
    return at_offset(open.back(), fmt::format("the \"{}\" opened here is not closed before line {}",
                                              text_[open.back()], line_ + 1));
  }

  /// "user:root" is one word.
  std::optional<SyntaxError> lost_blank() const {
    for (const std::size_t number : {line_, above_}) {
      const std::string_view looked_at = lines_[number];
      const std::size_t start = indent_of(looked_at);
      const std::size_t colon = looked_at.find(':');
      if (colon == kNone || colon == start || colon + 1 >= looked_at.size()) continue;
      const char next = looked_at[colon + 1];
      const std::string_view key = looked_at.substr(start, colon - start);
      const bool is_word = std::ranges::all_of(key, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
      });
      if (!is_word || is_blank(next) || next == '/' || next == ':') continue;
      return at(number, colon, fmt::format("a blank is missing after the colon of \"{}:\"", key));
    }
    return std::nullopt;
  }

  std::optional<SyntaxError> second_colon() const {
    if (!says("illegal map value") || column_ >= line().size()) return std::nullopt;
    const std::size_t first = line().find(": ");
    if (first == kNone || first >= column_) return std::nullopt;
    return at(line_, column_,
              "a second \": \" in this line: put a value that contains one in quotes");
  }

  std::optional<SyntaxError> behind_quote() const {
    const auto quoted = YamlOutline(text_, offset()).last_quoted();
    if (!quoted ||
        !trimmed(text_.substr(quoted->close + 1, offset() - quoted->close - 1)).empty()) {
      return std::nullopt;
    }
    return at(line_, column_, fmt::format("text after the closing {}", text_[quoted->close]));
  }

  std::optional<SyntaxError> list_item() const {
    if (!says("block entry")) return std::nullopt;
    return at(line_, column_, "an item of a list with \"-\" begins on a line of its own");
  }

  std::optional<SyntaxError> no_colon() const {
    if (above_ == line_) return std::nullopt;
    const std::string_view text = trimmed(lines_[above_]);
    if (text.contains(':') || text.starts_with("-") || text.find_first_of("[]{}\"'") != kNone) {
      return std::nullopt;
    }
    return at(above_, indent_of(lines_[above_]),
              "this line has no colon: expected a key, a colon and a value");
  }

  std::optional<SyntaxError> indentation() const {
    if (!says("map") && !says("sequence")) return std::nullopt;
    const std::size_t indent = indent_of(line());
    if (above_ == line_) return std::nullopt;
    const std::size_t indent_above = indent_of(lines_[above_]);
    if (indent > indent_above) {
      return at(
          line_, indent,
          fmt::format(
              "this line is indented by {}, but line {} above it, which already has a value, by {}",
              blanks(indent), above_ + 1, indent_above));
    }
    if (indent == indent_above) {
      if (!trimmed(lines_[above_]).starts_with('-') || trimmed(line()).starts_with('-')) {
        return std::nullopt;
      }
      return at(line_, indent,
                "a key beside the items of a list: one of the two has the wrong indentation");
    }
    return at(line_, indent,
              fmt::format("this line is indented by {}, which matches no open block above it",
                          blanks(indent)));
  }

  std::string_view text_;
  std::string_view said_;
  std::vector<std::string_view> lines_;
  std::size_t line_ = 0;  // where yaml-cpp stopped, from 0
  std::size_t column_ = 0;
  std::size_t above_ = 0;  // the last line before it that is not empty; line_: none
};

}  // namespace

std::optional<SyntaxError> find_open_quote(std::string_view text) {
  const auto open = YamlOutline(text, text.size()).open_quote();
  if (!open) return std::nullopt;
  const std::string_view before = text.substr(0, open->open);
  return SyntaxError{static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1),
                     static_cast<std::uint32_t>(before.size() - (before.rfind('\n') + 1) + 1),
                     fmt::format("the text opened here with {} is never closed", text[open->open])};
}

SyntaxError explain_syntax(std::string_view text, std::uint32_t line, std::uint32_t column,
                           std::string_view said) {
  if (auto found = Explanation(text, line, column, said).find()) return std::move(*found);
  return {line, column, fmt::format("YAML syntax: {}", said)};
}

}  // namespace rollcall::yaml
