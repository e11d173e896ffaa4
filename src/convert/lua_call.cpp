#include "convert/lua_call.hpp"

#include <algorithm>

#include "core/trimmed.hpp"

namespace rollcall::convert {
namespace {

constexpr unsigned kMaxTables = 8;  // within one another; sets of pairs need three
constexpr std::string_view kLuaBlank = " \t\r\n";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class LuaReader {
 public:
  explicit LuaReader(std::string_view code) : code_(trimmed(code)) {}

  std::optional<LuaCall> read() {
    LuaCall call{.function = read_name(), .arguments = {}};
    if (call.function.empty() || !take('(')) return std::nullopt;
    while (!take(')')) {
      auto value = read_value(0);
      if (!value) return std::nullopt;
      call.arguments.push_back(std::move(*value));
      if (!take(',') && peek() != ')') return std::nullopt;
    }
    skip_blanks();
    if (at_ != code_.size()) return std::nullopt;
    return call;
  }

 private:
  void skip_blanks() {
    while (at_ < code_.size() && kLuaBlank.contains(code_[at_])) ++at_;
  }
  char peek() {
    skip_blanks();
    return at_ < code_.size() ? code_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted || at_ == code_.size()) return false;
    ++at_;
    return true;
  }

  std::string read_name() {
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < code_.size() && is_name_character(code_[at_])) ++at_;
    return std::string(code_.substr(start, at_ - start));
  }

  std::optional<LuaValue> read_value(unsigned depth) {
    const char first = peek();
    if (first == '{') return depth < kMaxTables ? read_table(depth) : std::nullopt;
    if (first == '\'' || first == '"') return read_string(first);
    if (first == '-') ++at_;
    std::string text = (first == '-' ? "-" : "") + read_name();
    const bool number = !text.empty() && text.back() >= '0' && text.back() <= '9';
    const bool word = text == "true" || text == "false";
    if (!number && !word) return std::nullopt;
    if (number && at_ < code_.size() && code_[at_] == '.') {
      ++at_;
      text += "." + read_name();
    }
    return LuaValue{.is_table = false, .text = std::move(text), .entries = {}};
  }

  std::optional<LuaValue> read_string(char quote) {
    LuaValue value;
    for (++at_; at_ < code_.size() && code_[at_] != quote; ++at_) {
      if (code_[at_] == '\\') ++at_;
      if (at_ == code_.size()) return std::nullopt;
      value.text += code_[at_];
    }
    if (!take(quote)) return std::nullopt;
    return value;
  }

  std::optional<LuaValue> read_table(unsigned depth) {
    LuaValue table{.is_table = true, .text = {}, .entries = {}};
    ++at_;
    while (!take('}')) {
      LuaEntry entry{.key = read_key(), .value = {}};
      auto value = read_value(depth + 1);
      if (!value) return std::nullopt;
      entry.value = std::move(*value);
      table.entries.push_back(std::move(entry));
      if (!take(',') && !take(';') && peek() != '}') return std::nullopt;
    }
    return table;
  }

  /// `key =` in front of a value; empty where there is none.
  std::string read_key() {
    const std::size_t start = at_;
    std::string key = read_name();
    if (!key.empty() && take('=')) return key;
    at_ = start;
    return {};
  }

  std::string_view code_;
  std::size_t at_ = 0;
};

}  // namespace

const LuaValue* LuaValue::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &LuaEntry::key);
  return found == entries.end() ? nullptr : &found->value;
}

std::optional<LuaCall> read_lua_call(std::string_view code) {
  return LuaReader(code).read();
}

}  // namespace rollcall::convert
