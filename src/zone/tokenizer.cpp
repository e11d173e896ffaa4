#include "zone/tokenizer.hpp"

#include <algorithm>
#include <array>

namespace rollcall::zone {
namespace {

/// True for what ends a word that is not quoted.
constexpr std::array<bool, 256> kEndsWord = [] {
  std::array<bool, 256> ends{};
  for (const unsigned char c : {' ', '\t', '\r', '\n', ';', '(', ')', '"'}) ends[c] = true;
  return ends;
}();

bool ends_word(char c) {
  return kEndsWord[static_cast<unsigned char>(c)];
}

}  // namespace

bool Tokenizer::next(Entry& entry) {
  entry.error.reset();
  do {
    if (at_ >= text_.size()) return false;
    entry.words.clear();
    entry.leading_blank = text_[at_] == ' ' || text_[at_] == '\t';
    if (!read_line(entry)) return true;
  } while (entry.words.empty());
  return true;
}

/// @return false where entry.error was set
bool Tokenizer::read_line(Entry& entry) {
  std::size_t depth = 0;
  std::size_t opened_at = 0;
  while (at_ < text_.size()) {
    switch (text_[at_]) {
      case ' ':
      case '\t':
      case '\r':
        ++at_;
        break;
      case '\n':
        ++at_;
        if (depth == 0) return true;
        break;
      case ';':
        at_ = std::min(text_.find('\n', at_), text_.size());
        break;
      case '(':
        if (depth++ == 0) opened_at = at_;
        ++at_;
        break;
      case ')':
        if (depth == 0) return wrong(entry, at_, "\")\" without a \"(\" before it");
        --depth;
        ++at_;
        break;
      case '"':
        if (!read_quoted(entry)) return false;
        break;
      default:
        read_word(entry);
    }
    if (entry.words.size() > kMaxWords) {
      return wrong(entry, depth > 0 ? opened_at : at_, "the entry has more than 70000 words");
    }
  }
  if (depth == 0) return true;
  return wrong(entry, opened_at,
               "\"(\" is never closed: expected \")\", found the end of the file");
}

void Tokenizer::read_word(Entry& entry) {
  const std::size_t start = at_;
  while (at_ < text_.size() && !ends_word(text_[at_])) {
    const bool escaped = text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' &&
                         text_[at_ + 1] != '\r';
    at_ += escaped ? 2 : 1;
  }
  entry.words.push_back({text_.substr(start, at_ - start), false});
}

bool Tokenizer::read_quoted(Entry& entry) {
  const std::size_t start = at_ + 1;
  for (std::size_t i = start; i < text_.size() && text_[i] != '\n'; ++i) {
    if (text_[i] == '"') {
      entry.words.push_back({text_.substr(start, i - start), true});
      at_ = i + 1;
      return true;
    }
    if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] != '\n') ++i;
  }
  return wrong(entry, at_, "the text opened here is not closed: expected '\"' on the same line");
}

bool Tokenizer::wrong(Entry& entry, std::size_t offset, const char* message) {
  entry.error = {static_cast<std::uint32_t>(offset), message};
  skip_line();
  return false;
}

void Tokenizer::skip_line() {
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

}  // namespace rollcall::zone
