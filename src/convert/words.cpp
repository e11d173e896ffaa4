#include "convert/words.hpp"

#include <algorithm>

#include "dns/encoding.hpp"

namespace rollcall::convert {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

class WordReader {
 public:
  WordReader(const SourceFile& source, Dialect dialect)
      : source_(source),
        text_(source.text),
        dialect_(dialect),
        marks_(dialect == Dialect::named ? "{};" : "{}[],=") {}

  Result<std::vector<Word>, Diagnostic> read() {
    while (at_ < text_.size()) {
      if (kBlank.contains(text_[at_])) {
        step();
      } else if (const std::size_t opening = comment_opening()) {
        if (!skip_comment(opening)) return std::unexpected(error_);
      } else if (marks_.contains(text_[at_])) {
        read_mark();
      } else if (!read_word()) {
        return std::unexpected(error_);
      }
    }
    return std::move(words_);
  }

 private:
  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  Word here() const {
    Word word;
    word.line = line_;
    word.column = static_cast<std::uint32_t>(at_ - line_start_ + 1);
    return word;
  }

  /// The octets that open a comment at this place; 0: none does.
  std::size_t comment_opening() const {
    const std::string_view rest = text_.substr(at_, 2);
    if (rest[0] == '#') return 1;
    if (dialect_ == Dialect::vscf) return rest[0] == ';' ? 1 : 0;
    return rest == "//" || rest == "/*" ? 2 : 0;
  }

  bool skip_comment(std::size_t opening) {
    const Word start = here();
    const bool block = text_.substr(at_, opening) == "/*";
    const std::size_t end = text_.find(block ? "*/" : "\n", at_ + opening);
    if (block && end == std::string_view::npos) {
      return not_closed(start, "this comment is never closed");
    }
    const std::size_t stop = std::min(text_.size(), block ? end + 2 : end);
    while (at_ < stop) step();
    return true;
  }

  void read_mark() {
    Word word = here();
    word.mark = true;
    word.text = text_[at_++];
    // vscf: "=>" is another spelling of "=".
    if (word.text == "=" && at_ < text_.size() && text_[at_] == '>') ++at_;
    words_.push_back(std::move(word));
  }

  bool ends_word(char c) const { return kBlank.contains(c) || marks_.contains(c) || c == '"'; }

  bool read_word() {
    Word word = here();
    word.quoted = text_[at_] == '"';
    if (word.quoted) ++at_;
    for (;;) {
      if (at_ == text_.size()) {
        if (word.quoted) return not_closed(word, "this quote is never closed");
        break;
      }
      const char c = text_[at_];
      if (word.quoted ? c == '"' : ends_word(c) || comment_opening() != 0) break;
      if (c == '\\') {
        if (!read_escaped(word)) return false;
      } else {
        word.text += c;
        step();
      }
    }
    if (word.quoted) ++at_;
    words_.push_back(std::move(word));
    return true;
  }

  /// `\DDD` of vscf is an octet; in both dialects any other character stands for itself.
  bool read_escaped(Word& word) {
    if (dialect_ == Dialect::vscf) {
      const Word start = here();
      const auto octet = dns::read_escape(text_, at_);
      if (!octet) return not_closed(start, "invalid escape: expected \\X or \\DDD up to 255");
      if (*octet == '\n' && text_[at_ - 1] == '\n') {
        ++line_;
        line_start_ = at_;
      }
      word.text += static_cast<char>(*octet);
      return true;
    }
    ++at_;
    if (at_ < text_.size()) {
      word.text += text_[at_];
      step();
    }
    return true;
  }

  bool not_closed(const Word& start, const char* message) {
    error_ = wrong_word(source_, start, message);
    return false;
  }

  const SourceFile& source_;
  std::string_view text_;
  Dialect dialect_;
  std::string_view marks_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Word> words_;
  Diagnostic error_;
};

}  // namespace

Result<std::vector<Word>, Diagnostic> read_words(const SourceFile& source, Dialect dialect) {
  return WordReader(source, dialect).read();
}

SourcePosition place_of(const SourceFile& source, const Word& word) {
  return {source.name, word.line, word.column};
}

Diagnostic wrong_word(const SourceFile& source, const Word& word, std::string message) {
  return {Severity::error, place_of(source, word), std::move(message)};
}

}  // namespace rollcall::convert
