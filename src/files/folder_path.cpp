#include "files/folder_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <vector>

namespace rollcall::files {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's own limit, path_resolution(7)

/// The parts of a path in reverse order: the next one is at the back.
std::vector<std::string> parts_of(const std::filesystem::path& path) {
  std::vector<std::string> parts;
  for (const auto& part : path.relative_path()) {
    if (!part.empty() && part != ".") parts.push_back(part.string());
  }
  return {parts.rbegin(), parts.rend()};
}

bool others_may_write(const struct stat& folder) {
  return (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/// Whether only root can change what a name in it stands for, if that belongs to root.
bool keeps_names(const struct stat& folder) {
  return folder.st_uid == 0 && (!others_may_write(folder) || (folder.st_mode & S_ISVTX) != 0);
}

/// Walks down from "/". Links are followed here, not by the kernel, to see which user made them.
class Walk {
 public:
  explicit Walk(const std::string& path) : parts_(parts_of(std::filesystem::absolute(path))) {}

  /// @return false with errno
  bool go() {
    if (!to_root()) return false;
    while (!parts_.empty()) {
      const std::string part = std::move(parts_.back());
      parts_.pop_back();
      if (!enter(part)) return false;
    }
    return true;
  }
  const io::Descriptor& at() const { return at_; }
  bool only_root() const { return only_root_ && status_.st_uid == 0 && !others_may_write(status_); }

 private:
  bool to_root() {
    at_ = io::Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return at_ && ::fstat(at_.get(), &status_) == 0;
  }

  bool enter(const std::string& part) {
    struct stat entry{};
    if (::fstatat(at_.get(), part.c_str(), &entry, AT_SYMLINK_NOFOLLOW) != 0) {
      constexpr mode_t kMode = 0755;
      if (errno != ENOENT) return false;
      if (::mkdirat(at_.get(), part.c_str(), kMode) != 0 && errno != EEXIST) return false;
      if (::fstatat(at_.get(), part.c_str(), &entry, AT_SYMLINK_NOFOLLOW) != 0) return false;
    }
    only_root_ = only_root_ && keeps_names(status_) && entry.st_uid == 0;
    if (S_ISLNK(entry.st_mode)) return follow(part);
    io::Descriptor next(
        ::openat(at_.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next || ::fstat(next.get(), &status_) != 0) return false;
    // It may have been replaced since it was looked at.
    only_root_ = only_root_ && status_.st_uid == 0;
    at_ = std::move(next);
    return true;
  }

  bool follow(const std::string& link) {
    if (++links_ > kMaxLinks) {
      errno = ELOOP;
      return false;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(at_.get(), link.c_str(), target.data(), target.size());
    if (size < 0) return false;
    const std::filesystem::path path(
        std::string_view(target.data(), static_cast<std::size_t>(size)));
    for (std::string& part : parts_of(path)) parts_.push_back(std::move(part));
    return path.is_relative() || to_root();
  }

  std::vector<std::string> parts_;
  io::Descriptor at_;
  struct stat status_{};
  bool only_root_ = true;
  int links_ = 0;
};

}  // namespace

Result<OpenedFolder> open_folder(const std::string& path) {
  Walk walk(path);
  if (walk.go()) {
    io::Descriptor folder(::openat(walk.at().get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) return OpenedFolder{std::move(folder), walk.only_root()};
  }
  return fail(fmt::format("cannot open the folder {}: {}", path, std::strerror(errno)));
}

}  // namespace rollcall::files
