/// The requests that set an override, and `normal`: from and to JSON.
#pragma once

#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "pool/override.hpp"

namespace rollcall::api {

Result<pool::OverrideWanted> read_override(const boost::json::object& object,
                                           pool::OverrideKind kind);
Result<pool::NormalWanted> read_normal(const boost::json::object& object);

// Without "command".

boost::json::object to_object(const pool::OverrideWanted& request);
boost::json::object to_object(const pool::NormalWanted& request);

}  // namespace rollcall::api
