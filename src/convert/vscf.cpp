#include "convert/vscf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/letters.hpp"

namespace rollcall::convert {

namespace {

constexpr std::size_t kMaxVscfIncludes = 200;

}  // namespace

const VscfValue* VscfValue::find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [&](const VscfEntry& entry) { return entry.key.text == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::vector<std::string> VscfValue::texts() const {
  if (is_text()) return {word.text};
  std::vector<std::string> found;
  for (const VscfValue& item : items) {
    if (item.is_text()) found.push_back(item.word.text);
  }
  return found;
}

bool VscfValue::is_true() const {
  return is_text() && same_letters(word.text, "true");
}

/// A place in the words of a file.
struct VscfReader::Cursor {
  const SourceFile& source;
  const std::vector<Word>& words;
  unsigned depth = 0;  // of the braces that are open, with those of the including files
  std::size_t next = 0;

  bool ended() const { return next == words.size(); }
  bool is_mark(std::string_view mark) const { return !ended() && words[next].is_mark(mark); }
  bool take(std::string_view mark) { return is_mark(mark) && (++next, true); }
  bool at_include() const {
    return next + 1 < words.size() && !words[next].quoted && words[next].text == "$include" &&
           words[next + 1].is_mark("{");
  }
  std::unexpected<Diagnostic> wrong(std::string message) const {
    const Word last = words.empty() ? Word{} : words[std::min(next, words.size() - 1)];
    return std::unexpected(wrong_word(source, last, std::move(message)));
  }
};

VscfReader::Read VscfReader::read(const SourceFile& source) {
  return read_file(source, 0);
}

VscfReader::Read VscfReader::read_file(const SourceFile& source, unsigned depth) {
  const auto words = read_words(source, Dialect::vscf);
  if (!words) return std::unexpected(words.error());
  Cursor at{source, *words, depth};
  auto value = at.is_mark("[") ? read_list(at) : read_map(at, Word{}, true);
  if (value && !at.ended()) return at.wrong("expected the end of the file here");
  return value;
}

VscfReader::Read VscfReader::read_value(Cursor& at) {
  if (at.ended()) return at.wrong("expected a value after this");
  if (at.at_include()) return read_include(at);
  if (at.is_mark("[")) return read_list(at);
  const Word& word = at.words[at.next];
  if (word.is_mark("{")) {
    ++at.next;
    return read_map(at, word, false);
  }
  if (word.mark) return at.wrong(fmt::format("expected a value, not \"{}\"", word.text));
  ++at.next;
  VscfValue value;
  value.word = word;
  value.source = &at.source;
  return value;
}

VscfReader::Read VscfReader::read_list(Cursor& at) {
  VscfValue list;
  list.kind = VscfValue::Kind::list;
  list.word = at.words[at.next++];
  list.source = &at.source;
  if (++at.depth > kMaxDepth) return at.wrong("too many brackets within brackets");
  while (!at.take("]")) {
    if (at.ended()) return std::unexpected(wrong_word(at.source, list.word, "never closed"));
    Read item = read_value(at);
    if (!item) return item;
    list.items.push_back(std::move(*item));
    at.take(",");
  }
  --at.depth;
  return list;
}

VscfReader::Read VscfReader::read_map(Cursor& at, const Word& open, bool whole_file) {
  VscfValue map;
  map.kind = VscfValue::Kind::map;
  map.word = open;
  map.source = &at.source;
  if (++at.depth > kMaxDepth) return at.wrong("too many braces within braces");
  while (whole_file ? !at.ended() : !at.take("}")) {
    if (at.ended()) return std::unexpected(wrong_word(at.source, open, "never closed"));
    if (auto entry = read_entry(at, map); !entry) return std::unexpected(entry.error());
    at.take(",");
  }
  --at.depth;
  return map;
}

Result<void, Diagnostic> VscfReader::read_entry(Cursor& at, VscfValue& map) {
  if (at.at_include()) {
    Read included = read_include(at);
    if (!included) return std::unexpected(included.error());
    std::ranges::move(included->entries, std::back_inserter(map.entries));
    return {};
  }
  const Word& key = at.words[at.next];
  if (key.mark) return at.wrong(fmt::format("expected a key, not \"{}\"", key.text));
  ++at.next;
  if (!at.take("=")) return at.wrong(fmt::format("expected \"=\" after \"{}\"", key.text));
  Read value = read_value(at);
  if (!value) return std::unexpected(value.error());
  map.entries.push_back({key, std::move(*value)});
  return {};
}

/// `$include{PATH}`
VscfReader::Read VscfReader::read_include(Cursor& at) {
  const Word place = at.words[at.next];
  at.next += 2;
  if (at.ended() || at.words[at.next].mark) return at.wrong("expected the path of a file");
  const std::string path = at.words[at.next++].text;
  if (!at.take("}")) return at.wrong("expected \"}\" after the path");
  const auto refuse = [&](std::string why) {
    return std::unexpected(wrong_word(at.source, place, "$include: " + std::move(why)));
  };
  if (at.depth >= kMaxDepth || included_.size() >= kMaxVscfIncludes) {
    return refuse("too many included files");
  }
  auto file = shelf_.find(path, {folder_of(at.source.name)});
  if (!file) return refuse(file.error().message);
  included_.push_back(std::move(*file));
  return read_file(included_.back(), at.depth + 1);
}

}  // namespace rollcall::convert
