/// gdnsd's configuration language: texts, lists and maps.
///
/// Limitations: $include of several files at once (a pattern or a folder) is refused.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convert/shelf.hpp"
#include "convert/words.hpp"

namespace rollcall::convert {

struct VscfEntry;

struct VscfValue {
  enum class Kind : std::uint8_t { text, list, map };

  Kind kind = Kind::text;
  Word word;                       // the text, or the mark that opens the value
  std::vector<VscfValue> items;    // of a list
  std::vector<VscfEntry> entries;  // of a map
  const SourceFile* source = nullptr;

  bool is_text() const noexcept { return kind == Kind::text; }
  bool is_list() const noexcept { return kind == Kind::list; }
  bool is_map() const noexcept { return kind == Kind::map; }
  SourcePosition where() const { return place_of(*source, word); }
  /// The value of a key of a map; null where there is none.
  const VscfValue* find(std::string_view key) const;
  /// The texts of a list; a single text is a list of one.
  std::vector<std::string> texts() const;
  /// "true" or "false", without case.
  bool is_true() const;
};

struct VscfEntry {
  Word key;
  VscfValue value;

  SourcePosition where() const { return place_of(*value.source, key); }
};

/// Reads a configuration with the files that it includes, which it keeps.
class VscfReader {
 public:
  explicit VscfReader(Shelf& shelf) : shelf_(shelf) {}

  /// @param source outlives the value
  Result<VscfValue, Diagnostic> read(const SourceFile& source);

 private:
  struct Cursor;
  using Read = Result<VscfValue, Diagnostic>;

  Read read_file(const SourceFile& source, unsigned depth);
  Read read_value(Cursor& at);
  Read read_map(Cursor& at, const Word& open, bool whole_file);
  Read read_list(Cursor& at);
  Read read_include(Cursor& at);
  Result<void, Diagnostic> read_entry(Cursor& at, VscfValue& map);

  Shelf& shelf_;
  std::deque<SourceFile> included_;
};

}  // namespace rollcall::convert
