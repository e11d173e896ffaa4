#include "convert/named_conf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/letters.hpp"

namespace rollcall::convert {
namespace {

class StatementReader {
 public:
  explicit StatementReader(const SourceFile& source, const std::vector<Word>& words)
      : source_(source), words_(words) {}

  Result<std::vector<Statement>, Diagnostic> read() {
    std::vector<Statement> all;
    while (at_ < words_.size()) {
      if (words_[at_].is_mark(";")) {  // an empty statement
        ++at_;
        continue;
      }
      auto statement = read_statement(0);
      if (!statement) return std::unexpected(statement.error());
      all.push_back(std::move(*statement));
    }
    return all;
  }

 private:
  Result<Statement, Diagnostic> read_statement(unsigned depth) {
    Statement statement;
    statement.source = &source_;
    const Word& first = words_[at_];
    for (; at_ < words_.size(); ++at_) {
      const Word& word = words_[at_];
      if (word.is_mark(";")) {
        ++at_;
        return statement;
      }
      if (word.is_mark("}")) break;
      if (!word.mark) {
        statement.words.push_back(word);
      } else if (auto read = read_block(statement, depth + 1); !read) {
        return std::unexpected(read.error());
      }
    }
    if (at_ < words_.size()) {
      return std::unexpected(wrong_word(source_, words_[at_], "expected \";\" before this \"}\""));
    }
    return std::unexpected(wrong_word(source_, first, "this statement has no \";\" at its end"));
  }

  /// From the opening brace to the closing one.
  Result<void, Diagnostic> read_block(Statement& statement, unsigned depth) {
    const Word& open = words_[at_];
    if (depth > kMaxDepth) {
      return std::unexpected(wrong_word(source_, open, "too many braces within braces"));
    }
    statement.has_block = true;
    for (++at_; at_ < words_.size() && !words_[at_].is_mark("}");) {
      if (words_[at_].is_mark(";")) {
        ++at_;
        continue;
      }
      auto inner = read_statement(depth);
      if (!inner) return std::unexpected(inner.error());
      statement.block.push_back(std::move(*inner));
    }
    if (at_ < words_.size()) return {};
    return std::unexpected(wrong_word(source_, open, "this brace is never closed"));
  }

  const SourceFile& source_;
  const std::vector<Word>& words_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Statement::keyword(std::size_t at) const {
  return lowered(text(at));
}

std::string_view Statement::text(std::size_t at) const {
  return at < words.size() ? std::string_view(words[at].text) : std::string_view();
}

SourcePosition Statement::where() const {
  if (!words.empty()) return place_of(*source, words[0]);
  return block.empty() ? SourcePosition{source->name, 0, 0} : block[0].where();
}

std::string_view Statement::after(std::string_view name) const {
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    if (same_letters(words[at].text, name)) return words[at + 1].text;
  }
  return {};
}

Result<std::vector<Statement>, Diagnostic> read_statements(const SourceFile& source) {
  const auto words = read_words(source, Dialect::named);
  if (!words) return std::unexpected(words.error());
  return StatementReader(source, *words).read();
}

void NamedConf::read(const SourceFile& source) {
  if (!names_.insert(source.name).second) return;
  auto statements = read_statements(source);
  if (!statements) return target_.wrong(statements.error());
  for (Statement& statement : *statements) {
    if (statement.keyword() == "include") {
      include(statement);
    } else {
      statements_.push_back(std::move(statement));
    }
  }
}

void NamedConf::include(const Statement& statement) {
  constexpr std::size_t kMaxIncluded = 200;  // each level of them is a call of read()
  const std::string path(statement.text(1));
  auto file = included_.size() < kMaxIncluded
                  ? shelf_.find(path, {folder_of(statement.source->name), ""})
                  : Result<SourceFile>(fail("too many included files"));
  if (!file) {
    target_.left(statement.where(), fmt::format("include: {}", file.error().message));
    return;
  }
  included_.push_back(std::move(*file));
  read(included_.back());
}

}  // namespace rollcall::convert
