/// Diagnostics as people read them.
#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "temporary_folder.hpp"

namespace rollcall {

inline std::vector<std::string> lines_of(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic));
  return lines;
}

/// The same without the folder's name in front of its files.
inline std::vector<std::string> lines_of(const Diagnostics& diagnostics,
                                         const TemporaryFolder& folder) {
  std::vector<std::string> lines = lines_of(diagnostics);
  const std::string prefix = folder.path("");
  for (std::string& line : lines) {
    for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
      line.erase(at, prefix.size());
    }
  }
  return lines;
}

}  // namespace rollcall
