#include "convert/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>

namespace rollcall::convert {
namespace {

constexpr std::size_t kMaxJsonDepth = 32;  // an answer of AWS has less than ten

/// The place of an offset.
SourcePosition place_at(const SourceFile& source, std::size_t offset) {
  const std::string_view before = std::string_view(source.text).substr(0, offset);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {source.name, line, static_cast<std::uint32_t>(before.size() - start + 1)};
}

/// The places of all braces that open at depth 2, in the order of the text, which is good JSON.
std::vector<SourcePosition> item_places(const SourceFile& source) {
  std::vector<SourcePosition> places;
  std::uint32_t line = 1;
  std::size_t line_start = 0;
  int depth = 0;
  bool quoted = false;
  const std::string& text = source.text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') {
      ++line;
      line_start = at + 1;
    } else if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (c == '{' && depth == 2) {
        places.push_back({source.name, line, static_cast<std::uint32_t>(at - line_start + 1)});
      }
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return places;
}

}  // namespace

Result<boost::json::object, Diagnostic> read_json(const SourceFile& source) {
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t read = parser.write_some(source.text, error);
  if (!error && read < source.text.size()) {
    const std::string_view rest = std::string_view(source.text).substr(read);
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      error = boost::json::error::extra_data;
    }
  }
  if (!error) parser.finish(error);
  if (error) {
    return std::unexpected(Diagnostic{Severity::error, place_at(source, read),
                                      fmt::format("invalid JSON: {}", error.message())});
  }
  boost::json::value value = parser.release();
  if (!value.is_object()) {
    return std::unexpected(
        Diagnostic{Severity::error, {source.name, 1, 1}, "expected a JSON object"});
  }
  return std::move(value.get_object());
}

std::vector<JsonItem> json_items(const SourceFile& source, const boost::json::object& whole,
                                 std::string_view key) {
  std::vector<JsonItem> items;
  const boost::json::value* list = whole.if_contains(key);
  if (list == nullptr || !list->is_array()) return items;
  for (const boost::json::value& item : list->get_array()) {
    if (item.is_object()) items.push_back({{source.name, 0, 0}, &item.get_object()});
  }
  // Where other lists have objects too, it is not known which places belong to this one.
  const std::vector<SourcePosition> places = item_places(source);
  for (std::size_t i = 0; places.size() == items.size() && i < items.size(); ++i) {
    items[i].where = places[i];
  }
  return items;
}

std::string json_text(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

std::optional<std::int64_t> json_number(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

bool json_is_true(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const boost::json::object* json_object(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

}  // namespace rollcall::convert
