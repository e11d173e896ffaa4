/// Which file system a path lies in, without touching it: by the names of /proc/self/mountinfo.
///
/// Not done: symbolic links are not followed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/descriptor.hpp"

namespace rollcall::files {

/// The mount points that the text names, in the order of mountinfo (proc(5)).
std::vector<std::string> parse_mount_points(std::string_view mountinfo);

/// The place that hangs when an absolute path hangs: its mount point; but the path itself on the
/// root file system, which does not hang as a whole in a running system.
std::string hang_place(const std::vector<std::string>& mount_points, const std::string& path);

/// Whether `path` is `place` or lies below it.
bool lies_in(std::string_view path, std::string_view place);

/// The current mount points. One thread at a time.
class MountPoints {
 public:
  MountPoints();
  const std::vector<std::string>& now();

 private:
  io::Descriptor file_;  // poll(2) reports when it has changed
  std::vector<std::string> points_;
};

}  // namespace rollcall::files
