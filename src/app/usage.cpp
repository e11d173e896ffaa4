#include "app/usage.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "log/print.hpp"

namespace rollcall::app {

int print_usage(const CLI::App& program, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream problem;
  const int code = program.exit(error, out, problem);
  log::print_out(out.str());
  log::print_error(problem.str());
  return code;
}

}  // namespace rollcall::app
