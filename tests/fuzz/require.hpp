/// What a fuzz target asserts, also where assertions are compiled out.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace rollcall::fuzz {

/// Ends the program where `holds` is false: libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace rollcall::fuzz
