/// JSON with the places of its objects.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convert/conversion.hpp"

namespace rollcall::convert {

/// @return the object of a text, or the place where it is none
Result<boost::json::object, Diagnostic> read_json(const SourceFile& source);

/// An object in a list that is a member of the text's object.
struct JsonItem {
  SourcePosition where;  // its opening brace
  const boost::json::object* object = nullptr;
};

/// The objects of the list `key`; empty where there is none.
std::vector<JsonItem> json_items(const SourceFile& source, const boost::json::object& whole,
                                 std::string_view key);

/// Values of a key; something empty where they are missing or of another kind.
std::string json_text(const boost::json::object& object, std::string_view key);
std::optional<std::int64_t> json_number(const boost::json::object& object, std::string_view key);
bool json_is_true(const boost::json::object& object, std::string_view key);
const boost::json::object* json_object(const boost::json::object& object, std::string_view key);

}  // namespace rollcall::convert
