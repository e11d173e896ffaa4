/// What must hold whatever comes from outside, checked in every build. An invariant is never the
/// answer to input: what a packet, a file or an operator may say is handled.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace rollcall {

class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What happens with the line that says which one broke. It does not return, but may throw.
using OnBrokenInvariant = void (*)(const std::string& line);

/// Null, as at the start: the process ends, and std::terminate tells the line. Tests and the
/// simulator say otherwise. Any thread.
void set_on_broken_invariant(OnBrokenInvariant what) noexcept;

[[noreturn]] void invariant_broken(const char* which, const std::source_location& where);

/// @param which what should have been so
inline void invariant(bool holds, const char* which,
                      const std::source_location& where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    invariant_broken(which, where);
}

}  // namespace rollcall
