/// What a command line that cannot be run, or that asks for help, is answered with.
#pragma once

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rollcall::app {

/// Prints CLI11's message: help, version, or an error of the command line.
/// @return 0 for help and version, else CLI11's code
int print_usage(const CLI::App& program, const CLI::ParseError& error);

}  // namespace rollcall::app
