/// `rollcallctl keygen`: new secrets.
#pragma once

#include <string_view>

namespace rollcall::app {

enum class KeyKind { tsig, agent };

/// Prints 256 random bits on stdout, and what to do with them on stderr.
/// @return the exit code
int run_keygen(KeyKind kind);

}  // namespace rollcall::app
