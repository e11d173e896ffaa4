/// `rollcallctl keygen`: new secrets.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::app {

enum class KeyKind { tsig, agent };

/// 256 random bits, in the form of that kind: base64, or 64 hexadecimal digits.
Result<std::string> new_secret(KeyKind kind);

/// Prints 256 random bits on stdout, and what to do with them on stderr.
/// @return the exit code
int run_keygen(KeyKind kind);

}  // namespace rollcall::app
