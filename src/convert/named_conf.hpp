/// The statements of BIND's named.conf.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "convert/shelf.hpp"
#include "convert/target.hpp"
#include "convert/words.hpp"

namespace rollcall::convert {

/// `WORDS { BLOCK } WORDS;`: the words in front of and behind the block are in one list.
struct Statement {
  std::vector<Word> words;
  std::vector<Statement> block;
  bool has_block = false;
  const SourceFile* source = nullptr;

  /// The text of a word in lower case; empty where the statement has no such word.
  std::string keyword(std::size_t at = 0) const;
  /// The text of a word as it is; empty where the statement has no such word.
  std::string_view text(std::size_t at) const;
  SourcePosition where() const;
  /// The word after `name`; empty where there is none.
  std::string_view after(std::string_view name) const;
};

/// Reads named.conf with the files that it includes.
class NamedConf {
 public:
  NamedConf(Shelf& shelf, Target& target) : shelf_(shelf), target_(target) {}

  /// Adds the statements of a file. Syntax errors go to the target; an included file that cannot be
  /// read is reported.
  void read(const SourceFile& source);

  /// In the order of the files; includes are replaced by what they include.
  const std::deque<Statement>& statements() const noexcept { return statements_; }

 private:
  void include(const Statement& statement);

  Shelf& shelf_;
  Target& target_;
  std::deque<SourceFile> included_;
  std::set<std::string> names_;  // of the files that were read: a circle ends
  std::deque<Statement> statements_;
};

/// The statements of one text.
Result<std::vector<Statement>, Diagnostic> read_statements(const SourceFile& source);

}  // namespace rollcall::convert
