#include "daemon/said_warnings.hpp"

#include <functional>

namespace rollcall::daemon {

Diagnostics SaidWarnings::fresh(const std::string& what, const Diagnostics& found) {
  Diagnostics fresh;
  if (found.empty()) {  // as of nearly every zone
    said_.erase(what);
    return fresh;
  }
  std::set<std::size_t> now;
  std::set<std::size_t>& before = said_[what];
  for (const Diagnostic& diagnostic : found) {
    const bool error = diagnostic.severity == Severity::error;
    const std::size_t line = std::hash<std::string>{}(to_string(diagnostic));
    if (!error) now.insert(line);
    if (error || !before.contains(line)) fresh.push_back(diagnostic);
  }
  before = std::move(now);
  return fresh;
}

}  // namespace rollcall::daemon
