/// What the requests' fields have in common: read with an error that names the key.
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "dns/name.hpp"

namespace rollcall::api {

Result<std::string> text_at(const boost::json::object& object, std::string_view key);
Result<bool> flag_at(const boost::json::object& object, std::string_view key);
/// The key says in the error what it is: "zone", "pool".
Result<dns::Name> name_at(const boost::json::object& object, std::string_view key);

/// The first key that `known` does not hold ("command" and "by" are always known): a word without
/// effect is its sender's mistake.
std::optional<Error> foreign_key(const boost::json::object& object,
                                 std::initializer_list<std::string_view> known);

}  // namespace rollcall::api
