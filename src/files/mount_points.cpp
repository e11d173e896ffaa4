#include "files/mount_points.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace rollcall::files {
namespace {

constexpr int kMountPointField = 4;  // "36 35 98:0 /mnt1 /mnt2 rw,...": the fifth

std::string_view field_of(std::string_view line, int number) {
  for (; number > 0; --number) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    line.remove_prefix(blank + 1);
  }
  return line.substr(0, line.find(' '));
}

bool is_octal(char digit) {
  return digit >= '0' && digit <= '7';
}

/// Blanks, tabs, line ends and backslashes of a name are written "\040".
std::string unescaped(std::string_view name) {
  std::string plain;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool escape = name[at] == '\\' && at + 3 < name.size() && is_octal(name[at + 1]) &&
                        is_octal(name[at + 2]) && is_octal(name[at + 3]);
    if (escape) {
      plain += static_cast<char>((name[at + 1] - '0') * 64 + (name[at + 2] - '0') * 8 +
                                 (name[at + 3] - '0'));
      at += 3;
    } else {
      plain += name[at];
    }
  }
  return plain;
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> piece;
  ::lseek(file, 0, SEEK_SET);
  for (;;) {
    const ssize_t size = ::read(file, piece.data(), piece.size());
    if (size <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

std::vector<std::string> parse_mount_points(std::string_view mountinfo) {
  std::vector<std::string> points;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    std::string point = unescaped(field_of(line, kMountPointField));
    if (point.starts_with('/')) points.push_back(std::move(point));
  }
  return points;
}

bool lies_in(std::string_view path, std::string_view place) {
  if (!path.starts_with(place)) return false;
  return path.size() == place.size() || place.ends_with('/') || path[place.size()] == '/';
}

std::string hang_place(const std::vector<std::string>& mount_points, const std::string& path) {
  std::string_view longest = "/";
  for (const std::string& point : mount_points) {
    if (point.size() >= longest.size() && lies_in(path, point)) longest = point;
  }
  return longest == "/" ? path : std::string(longest);
}

MountPoints::MountPoints() : file_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)) {
  if (file_) points_ = parse_mount_points(read_all(file_.get()));
}

const std::vector<std::string>& MountPoints::now() {
  pollfd changed{file_.get(), POLLPRI, 0};
  if (file_ && ::poll(&changed, 1, 0) > 0) points_ = parse_mount_points(read_all(file_.get()));
  return points_;
}

}  // namespace rollcall::files
