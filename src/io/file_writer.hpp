/// Files that this server keeps for itself. The caller's thread waits for the disk.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace rollcall::io {

/// Writes all of `text` at the descriptor's place.
/// @param path for the message
Result<void> write_all(int fd, std::string_view text, const std::string& path);

/// Puts `text` in the place of `path` by a rename: a crash leaves the old text or the new one. The
/// new file is made afresh, readable to its owner alone; no link is followed.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace rollcall::io
