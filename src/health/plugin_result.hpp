/// The outcome of a check's program, by the rules of Nagios plugins.
#pragma once

#include <string_view>

#include "health/check.hpp"

namespace rollcall::health {

/// @param status the exit status; 128 + N where signal N ended the program
/// @param output its standard output and error; the first line, up to "|", is the reason
/// @return 0 is good, 1 good but degraded, everything else bad
Outcome plugin_outcome(int status, std::string_view output);

}  // namespace rollcall::health
