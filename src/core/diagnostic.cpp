#include "core/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

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

void keep_first(Diagnostics& diagnostics, const std::string& file, bool more) {
  const auto by_place = [](const Diagnostic& d) {
    return std::tuple(d.where.line, d.where.column);
  };
  const bool errors = has_errors(diagnostics);
  std::ranges::stable_sort(diagnostics, {}, by_place);
  if (diagnostics.size() > kMaxDiagnostics) {
    more = true;
    std::ranges::stable_partition(
        diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
    diagnostics.resize(kMaxDiagnostics);
    std::ranges::stable_sort(diagnostics, {}, by_place);
  }
  if (!more) return;
  // An error where there is one, so that the file does not look like a good one.
  diagnostics.push_back({errors ? Severity::error : Severity::warning,
                         {file, 0, 0},
                         fmt::format("and more; the first {} are shown", kMaxDiagnostics)});
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace rollcall
