/// What a parser said, as people read it.
#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"

namespace rollcall::config {

inline std::vector<std::string> lines_of(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic));
  return lines;
}

}  // namespace rollcall::config
