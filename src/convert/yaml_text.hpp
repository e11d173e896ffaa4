/// Values as YAML text, quoted so that any YAML reader gives the same text back.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rollcall::convert {

struct Value;
struct Setting;
using List = std::vector<Value>;
using Settings = std::vector<Setting>;  // a map in the order of its keys

struct Value {
  std::variant<std::string, List, Settings> content;

  Value(std::string text);  // NOLINT(google-explicit-constructor)
  Value(const char* text);  // NOLINT(google-explicit-constructor)
  Value(List items);        // NOLINT(google-explicit-constructor)
  Value(Settings map);      // NOLINT(google-explicit-constructor)
};

struct Setting {
  std::string key;
  Value value;
};

inline Value::Value(std::string text) : content(std::move(text)) {}
inline Value::Value(const char* text) : content(std::string(text)) {}
inline Value::Value(List items) : content(std::move(items)) {}
inline Value::Value(Settings map) : content(std::move(map)) {}

/// The text as it is where YAML takes it for a text, else in double quotes. Octets that are not
/// UTF-8 become the characters of their numbers.
std::string yaml_scalar(std::string_view text);

/// The value on one line: `{type: http, path: /}`.
std::string yaml_line(const Value& value);

/// A document, each section at its margin and each of a section's settings on a line of its own
/// where that line has at most 100 columns. Empty sections are left out.
std::string yaml_document(const Settings& sections);

}  // namespace rollcall::convert
