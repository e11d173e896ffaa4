/// The output of the programs: apart from the log, nothing else writes to stdout or stderr.
#pragma once

#include <string_view>

#include "core/diagnostic.hpp"

namespace rollcall::log {

/// Prints lines on stdout, made printable (core/printable.hpp), with a final line end.
void print_out(std::string_view lines);
/// The same on stderr.
void print_error(std::string_view lines);
/// Prints each on stderr, one a line.
void print_error(const Diagnostics& diagnostics);

}  // namespace rollcall::log
