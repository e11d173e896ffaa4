/// Checks whether others can read a file with a secret.
#pragma once

#include <sys/types.h>

#include <string>

namespace rollcall::agent_link {

/// @param mode of the file
/// @return a warning for people; nothing if only its owner can read or write it
std::string warn_of_mode(const std::string& path, mode_t mode);

}  // namespace rollcall::agent_link
