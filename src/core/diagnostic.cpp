#include "core/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall {

std::string to_string(const Diagnostic& diagnostic) {
  std::string place = diagnostic.where.file;
  if (diagnostic.where.line != 0) place += fmt::format(":{}", diagnostic.where.line);
  if (diagnostic.where.column != 0) place += fmt::format(":{}", diagnostic.where.column);
  const char* kind = diagnostic.severity == Severity::error ? "error" : "warning";
  if (place.empty()) return fmt::format("{}: {}", kind, diagnostic.message);
  return fmt::format("{}: {}: {}", place, kind, diagnostic.message);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace rollcall
