#include "log/print.hpp"

#include <cstdio>

#include "core/printable.hpp"

namespace rollcall::log {
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

}  // namespace rollcall::log
