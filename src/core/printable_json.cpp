#include "core/printable_json.hpp"

#include <boost/json.hpp>

#include "core/printable.hpp"

namespace rollcall {
namespace {

namespace json = boost::json;

/// The depth is that of our own values.
void make_printable(json::value& value) {
  if (json::string* text = value.if_string()) {
    const std::string_view octets(text->data(), text->size());
    *text = printable_block(octets);
  } else if (json::array* items = value.if_array()) {
    for (json::value& item : *items) make_printable(item);
  } else if (json::object* object = value.if_object()) {
    for (auto& pair : *object) make_printable(pair.value());
  }
}

}  // namespace

std::string printable_json(json::value value) {
  make_printable(value);
  return json::serialize(value);
}

}  // namespace rollcall
