/// rollcallctl zone write: puts the text that the server gives into the zone's file.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace rollcall::app {

/// Replaces the file at once, with its owner and mode, where the caller may; the file must be as
/// the server read it.
/// @param reply of the server to a zone_write request
/// @return the path of the file
Result<std::string> write_zone_file(std::string_view reply);

}  // namespace rollcall::app
