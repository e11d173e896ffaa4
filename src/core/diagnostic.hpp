/// A message about a place in a file (a zone or a configuration).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rollcall {

enum class Severity : std::uint8_t { warning, error };

/// A place in a file. Lines and columns count from 1; 0 means that none applies.
struct SourcePosition {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const SourcePosition&) const = default;
};

struct Diagnostic {
  Severity severity = Severity::error;
  SourcePosition where;
  std::string message;

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// "file:line:col: error: message", without the parts of the place that are 0. One printable line
/// (printable.hpp): file and message may come from outside.
std::string to_string(const Diagnostic& diagnostic);
/// The same without the severity, for a log that prints it itself: "file:line:col: message".
std::string to_log_line(const Diagnostic& diagnostic);

bool has_errors(const Diagnostics& diagnostics);

inline constexpr std::size_t kMaxDiagnostics = 100;  // about one file: more than a person reads

/// Sorts messages about `file` by their place. Of more than kMaxDiagnostics the errors stay before
/// the warnings, the first ones before the others, and a last line says that there were more.
/// @param more there were more than these
void keep_first(Diagnostics& diagnostics, const std::string& file, bool more = false);

}  // namespace rollcall
