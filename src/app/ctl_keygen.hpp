/// `rollcallctl keygen`: new secrets.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::app {

enum class KeyKind { tsig, agent };

/// 256 random bits, in the form of that kind: base64, or 64 hexadecimal digits.
Result<std::string> new_secret(KeyKind kind);

/// The line of a key file for one agent.
struct AgentKeyArguments {
  std::string address;  // of the node; empty: a key without a name, the older form
  std::string name;     // of the key; empty: the host's name
  std::string folder;   // empty: print the line; else it is added to FOLDER/ADDRESS.key
};

/// Prints a new line `NAME HEX64` on stdout, or adds it to the file of the node, whose other keys
/// stay: with a name that is not used there.
/// @return the exit code
int run_agent_keygen(const AgentKeyArguments& arguments);

/// Prints 256 random bits on stdout, and what to do with them on stderr.
/// @return the exit code
int run_keygen(KeyKind kind);

}  // namespace rollcall::app
