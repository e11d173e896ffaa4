#include "core/invariant.hpp"

#include <atomic>
#include <exception>
#include <string_view>

namespace rollcall {
namespace {

std::atomic<OnBrokenInvariant> on_broken{nullptr};

[[noreturn]] void raise(const std::string& line) {
  throw BrokenInvariant(line);
}
/// Nobody catches it: what() is the last word of the process.
[[noreturn]] void end(const std::string& line) noexcept {
  raise(line);
}

}  // namespace

void set_on_broken_invariant(OnBrokenInvariant what) noexcept {
  on_broken.store(what);
}

void invariant_broken(const char* which, const std::source_location& where) {
  std::string_view file = where.file_name();
  file.remove_prefix(file.find_last_of('/') + 1);
  const std::string line = std::string("invariant broken: ") + which + " (" + std::string(file) +
                           ":" + std::to_string(where.line()) + ")";
  if (const OnBrokenInvariant what = on_broken.load()) what(line);
  end(line);
}

}  // namespace rollcall
