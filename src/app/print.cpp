#include "app/print.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>

#include "core/printable.hpp"

namespace rollcall::app {
namespace {

void print(std::FILE* file, std::string_view lines) {
  std::string text = printable_block(lines);
  if (text.empty()) return;
  if (!text.ends_with('\n')) text += '\n';
  std::fwrite(text.data(), 1, text.size(), file);
}

}  // namespace

void print_out(std::string_view lines) {
  print(stdout, lines);
}

void print_error(std::string_view lines) {
  print(stderr, lines);
}

void print_error(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) print_error(to_string(diagnostic));
}

int print_usage(const CLI::App& program, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream problem;
  const int code = program.exit(error, out, problem);
  print_out(out.str());
  print_error(problem.str());
  return code;
}

}  // namespace rollcall::app
