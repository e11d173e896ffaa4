/// Compares what a node allows with what it is: its interfaces, programs, and what they have at
/// boot.
#pragma once

#include "core/diagnostic.hpp"
#include "takeover/node_rights.hpp"

namespace rollcall::takeover {

/// Errors: an interface that does not exist, an address that is in no network of its interface, one
/// that the interface has although the agent has not added it, or that a file for the boot names;
/// a program that is not installed, a user that may not do it, a kernel that forwards nothing.
/// Each message has the place in the configuration. Reads files: a thread that may wait.
Diagnostics check_rights(const NodeRights& rights);

}  // namespace rollcall::takeover
