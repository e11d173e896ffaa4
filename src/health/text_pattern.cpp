#include "health/text_pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>

namespace rollcall::health {
namespace {

/// Stands for a possible continuation: rare in a member's text, and in no expression.
constexpr char kAnything = '\x01';

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_log_errors(false);  // errors are reported with their line in the configuration
  options.set_max_mem(kMaxRegexMemory);
  return options;
}

bool ends_line(std::string_view rest, bool complete) {
  if (rest.starts_with('\n') || rest.starts_with("\r\n")) return true;
  return complete && (rest.empty() || rest == "\r");
}

/// For RE2 only LF ends a line: CR LF becomes LF.
struct PlainLines {
  std::string text;
  std::size_t from = 0;

  PlainLines(std::string_view raw, std::size_t raw_from) {
    text.reserve(raw.size() + 1);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (i == raw_from) from = text.size();
      if (!is_dropped(raw, i)) text.push_back(raw[i]);
    }
    if (raw_from >= raw.size()) from = text.size();
  }

  /// The place in the raw text that corresponds to `end`.
  static std::size_t raw_place(std::string_view raw, std::size_t end) {
    std::size_t at = 0;
    for (std::size_t kept = 0; at < raw.size() && kept < end; ++at)
      kept += is_dropped(raw, at) ? 0 : 1;
    return at;
  }

 private:
  static bool is_dropped(std::string_view raw, std::size_t at) {
    return raw[at] == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n';
  }
};

}  // namespace

TextPattern::TextPattern(std::string written) : written_(std::move(written)), text_(written_) {
  if (text_.starts_with('^')) {
    line_start_ = true;
    text_.erase(0, 1);
  } else if (text_.starts_with("\\^")) {
    text_.erase(0, 1);
  }
  if (text_.ends_with("\\$")) {
    text_.erase(text_.size() - 2, 1);
  } else if (text_.ends_with('$')) {
    line_end_ = true;
    text_.pop_back();
  }
}

Result<TextPattern> TextPattern::regex(const std::string& written) {
  // First as written: RE2's message repeats the wrong part.
  const re2::RE2 plain(written, options());
  if (!plain.ok()) return fail(plain.error());
  TextPattern pattern;
  pattern.written_ = written;
  pattern.regex_ = std::make_shared<const re2::RE2>("(?m)" + written, options());
  if (!pattern.regex_->ok()) return fail(pattern.regex_->error());
  return pattern;
}

std::string TextPattern::quoted() const {
  return regex_ ? fmt::format("/{}/", written_) : fmt::format("\"{}\"", written_);
}

bool TextPattern::matches_nothing_said() const {
  return !empty() && find_end("", 0, true).has_value();
}

std::optional<std::size_t> TextPattern::find_end(std::string_view text, std::size_t from,
                                                 bool complete) const {
  from = std::min(from, text.size());
  return regex_ ? find_regex(text, from, complete) : find_text(text, from, complete);
}

std::optional<std::size_t> TextPattern::find_text(std::string_view text, std::size_t from,
                                                  bool complete) const {
  for (std::size_t at = from; (at = text.find(text_, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + text_.size();
    if (line_start_ && at != 0 && text[at - 1] != '\n') continue;
    if (line_end_ && !ends_line(text.substr(end), complete)) continue;
    return end;
  }
  return std::nullopt;
}

std::optional<std::size_t> TextPattern::find_regex(std::string_view text, std::size_t from,
                                                   bool complete) const {
  PlainLines lines(text, from);
  const std::size_t size = lines.text.size();
  re2::StringPiece found;
  const auto match = [&](re2::StringPiece in, re2::StringPiece* into) {
    return regex_->Match(in, lines.from, in.size(), re2::RE2::UNANCHORED, into,
                         into == nullptr ? 0 : 1);
  };
  if (!match(lines.text, &found)) return std::nullopt;
  const auto end = static_cast<std::size_t>(found.data() + found.size() - lines.text.data());
  if (!complete) {                    // more may follow: the end of the text ends no line yet
    lines.text.push_back(kAnything);  // reserved: `found` stays
    if (!match(re2::StringPiece(lines.text.data(), size + 1), nullptr)) return std::nullopt;
  }
  return PlainLines::raw_place(text, end);
}

}  // namespace rollcall::health
