#include "core/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/printable.hpp"

namespace rollcall {

namespace {

/// "file:line:col: ", as far as it is known.
std::string place_of(const SourcePosition& where) {
  std::string place = printable(where.file);
  if (where.line != 0) place += fmt::format(":{}", where.line);
  if (where.column != 0) place += fmt::format(":{}", where.column);
  return place.empty() ? place : place + ": ";
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  const char* kind = diagnostic.severity == Severity::error ? "error" : "warning";
  return fmt::format("{}{}: {}", place_of(diagnostic.where), kind, printable(diagnostic.message));
}

std::string to_log_line(const Diagnostic& diagnostic) {
  return place_of(diagnostic.where) + printable(diagnostic.message);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace rollcall
