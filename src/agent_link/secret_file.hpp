/// Files that hold a secret: that nobody else may read them.
#pragma once

#include <sys/types.h>

#include <string>

namespace rollcall::agent_link {

/// @param mode of the file
/// @return what to tell people; nothing where its owner alone may use it
std::string warn_of_mode(const std::string& path, mode_t mode);

}  // namespace rollcall::agent_link
