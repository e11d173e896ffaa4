/// Whether a file may be run as root: no other user can change or replace it.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::files {

/// Goes to `path` from the root folder, name by name, each opened relative to the one before and
/// looked at by its descriptor. Every folder on the way, every link followed and the file belong to
/// root or to our own user, and nobody else can write them. In a folder with the sticky bit (/tmp)
/// others may make files, but cannot replace these. The path itself must not be a link.
/// @param path of a folder, or of a regular file that can be executed
/// @return the same path without links: it leads to this file until root changes it, because only
///         root could change any part of it; or "PATH: belongs to user 1000" and the like
Result<std::string> find_trusted_path(const std::string& path);

}  // namespace rollcall::files
