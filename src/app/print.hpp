/// What the programs print: nothing else in the house writes to stdout or stderr but the log.
#pragma once

#include <string_view>

#include "core/diagnostic.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rollcall::app {

/// Lines on stdout, made printable (core/printable.hpp), with a line end at their end.
void print_out(std::string_view lines);
/// The same on stderr.
void print_error(std::string_view lines);
/// On stderr, a line each.
void print_error(const Diagnostics& diagnostics);

/// What CLI11 has to say of the command line: help, version, or what is wrong with it.
/// @return 0 where the program was asked for that, else CLI11's code
int print_usage(const CLI::App& program, const CLI::ParseError& error);

}  // namespace rollcall::app
