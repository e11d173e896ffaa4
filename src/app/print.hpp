/// The output of the programs: apart from the log, nothing else writes to stdout or stderr.
#pragma once

#include <string_view>

#include "core/diagnostic.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rollcall::app {

/// Prints lines on stdout, made printable (core/printable.hpp), with a final line end.
void print_out(std::string_view lines);
/// The same on stderr.
void print_error(std::string_view lines);
/// Prints each on stderr, one a line.
void print_error(const Diagnostics& diagnostics);

/// Prints CLI11's message: help, version, or an error of the command line.
/// @return 0 for help and version, else CLI11's code
int print_usage(const CLI::App& program, const CLI::ParseError& error);

}  // namespace rollcall::app
