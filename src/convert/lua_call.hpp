/// One call of a function as a LUA record has it: literals only, no code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::convert {

struct LuaEntry;

/// A number or a string as its text, or a table.
struct LuaValue {
  bool is_table = false;
  std::string text;
  std::vector<LuaEntry> entries;

  /// The value of `key = VALUE`; null where there is none.
  const LuaValue* find(std::string_view key) const;
};

struct LuaEntry {
  std::string key;  // empty: the entry has none
  LuaValue value;
};

struct LuaCall {
  std::string function;
  std::vector<LuaValue> arguments;
};

/// @return nothing for any other code
std::optional<LuaCall> read_lua_call(std::string_view code);

}  // namespace rollcall::convert
