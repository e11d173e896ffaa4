/// Reports each warning once, and again only after a reload that did not have it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/diagnostic.hpp"

namespace rollcall::daemon {

class SaidWarnings {
 public:
  /// @param what was read: a zone, or the configuration
  /// @param found all that is wrong with it now
  /// @return its errors, and those warnings that the last call for `what` did not have
  Diagnostics fresh(const std::string& what, const Diagnostics& found);
  void forget(const std::string& what) { said_.erase(what); }

 private:
  std::map<std::string, std::set<std::size_t>> said_;  // hashes of the lines
};

}  // namespace rollcall::daemon
