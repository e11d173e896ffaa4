/// Where a configuration puts the control socket, for a program that needs nothing else of it.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::config {

/// What is wrong elsewhere in the configuration does not matter here.
/// @param text, file  as for parse_options()
/// @return the path; the default where the configuration says nothing of it
Result<std::string> control_socket_of(const std::string& text, const std::string& file);

}  // namespace rollcall::config
