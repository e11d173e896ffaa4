#include "api/request_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace rollcall::api {

namespace json = boost::json;

Result<std::string> text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return fail(fmt::format("the request needs \"{}\"", key));
  const json::string* text = value->if_string();
  if (text == nullptr) return fail(fmt::format("\"{}\" must be a string", key));
  return std::string(text->data(), text->size());
}

Result<bool> flag_at(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  if (!value.is_bool()) return fail(fmt::format("\"{}\" must be true or false", key));
  return value.get_bool();
}

Result<dns::Name> name_at(const json::object& object, std::string_view key) {
  const Result<std::string> text = text_at(object, key);
  if (!text) return std::unexpected(text.error());
  Result<dns::Name> name = dns::Name::parse(*text);
  if (!name) return fail(fmt::format("invalid {} \"{}\": {}", key, *text, name.error().message));
  return name;
}

std::optional<Error> foreign_key(const json::object& object,
                                 std::initializer_list<std::string_view> known) {
  for (const auto& pair : object) {
    const std::string_view key(pair.key().data(), pair.key().size());
    if (key == "command" || key == "by" || std::ranges::find(known, key) != known.end()) continue;
    return Error{fmt::format("the request has an unknown key \"{}\"", key)};
  }
  return std::nullopt;
}

}  // namespace rollcall::api
