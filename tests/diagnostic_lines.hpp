/// Diagnostics as people read them.
#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"

namespace rollcall {

inline std::vector<std::string> lines_of(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic));
  return lines;
}

}  // namespace rollcall
