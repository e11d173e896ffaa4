/// The control socket of a configuration, for a program that needs nothing else from it.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::config {

/// Ignores errors elsewhere in the configuration.
/// @param text, file  as for parse_options()
/// @return the path; the default where the configuration has none
Result<std::string> control_socket_of(const std::string& text, const std::string& file);

}  // namespace rollcall::config
