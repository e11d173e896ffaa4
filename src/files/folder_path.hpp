/// Opens a folder name by name, and tells whether a user other than root could have changed the way
/// to it.
#pragma once

#include <string>

#include "core/result.hpp"
#include "io/descriptor.hpp"

namespace rollcall::files {

struct OpenedFolder {
  io::Descriptor folder;   // for the *at calls, and to be read
  bool only_root = false;  // root alone can change what is in it, and what its path leads to
};

/// Opens the folder, and makes what is missing of its path (mode 0755).
/// @return an error that names the path
Result<OpenedFolder> open_folder(const std::string& path);

}  // namespace rollcall::files
