/// The requests that set an override, and `normal`: from and to JSON.
#pragma once

#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "roster/override.hpp"

namespace rollcall::api {

Result<roster::OverrideWanted> read_override(const boost::json::object& object,
                                             roster::OverrideKind kind);
Result<roster::NormalWanted> read_normal(const boost::json::object& object);

// Without "command".

boost::json::object to_object(const roster::OverrideWanted& request);
boost::json::object to_object(const roster::NormalWanted& request);

}  // namespace rollcall::api
