#include "files/trusted_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <vector>

#include "io/descriptor.hpp"

namespace rollcall::files {
namespace {

constexpr int kMaxTrustedLinks = 40;  // as the kernel follows

/// Why a user other than root and our own could change it; empty where none could.
std::string trusted_problem(const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return fmt::format("belongs to user {}", status.st_uid);
  }
  if (S_ISLNK(status.st_mode)) return {};  // its mode says nothing
  const bool guarded = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if (guarded) return {};
  if ((status.st_mode & S_IWOTH) != 0) return "is writable by everybody";
  // With an access list these bits are the most that anyone in the list may do.
  if ((status.st_mode & S_IWGRP) != 0) return fmt::format("is writable by group {}", status.st_gid);
  return {};
}

/// A walk from the root folder to a file.
class TrustedWalk {
 public:
  explicit TrustedWalk(const std::string& path) { push(path); }

  Result<std::string> go() {
    at_.push_back({"", io::Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC))});
    if (auto good = look(at_.back().file); !good) return std::unexpected(good.error());
    while (!ahead_.empty()) {
      const std::string name = std::move(ahead_.back());
      ahead_.pop_back();
      if (auto good = step(name); !good) return std::unexpected(good.error());
    }
    return here();
  }

 private:
  struct Place {
    std::string name;
    io::Descriptor file;
  };

  /// Puts the names of a path before those that are still ahead.
  void push(const std::filesystem::path& path) {
    std::vector<std::string> names;
    for (const auto& part : path) {
      const std::string name = part.string();
      if (!name.empty() && name != "." && name != "/") names.push_back(name);
    }
    ahead_.insert(ahead_.end(), names.rbegin(), names.rend());
  }

  std::string here() const {
    std::string path;
    for (std::size_t i = 1; i < at_.size(); ++i) path += "/" + at_[i].name;
    return path.empty() ? "/" : path;
  }

  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(fmt::format("{}: {}", here(), what));
  }

  Result<void> look(const io::Descriptor& file) {
    if (!file || ::fstat(file.get(), &status_) != 0) return wrong(std::strerror(errno));
    const std::string problem = trusted_problem(status_);
    if (!problem.empty()) {
      return wrong(problem + ": anyone with write access could make root run anything");
    }
    return {};
  }

  Result<void> step(const std::string& name) {
    if (name == "..") {
      if (at_.size() > 1) at_.pop_back();
      return {};
    }
    at_.push_back({name, io::Descriptor(::openat(at_.back().file.get(), name.c_str(),
                                                 O_PATH | O_NOFOLLOW | O_CLOEXEC))});
    if (auto good = look(at_.back().file); !good) return good;
    if (S_ISLNK(status_.st_mode)) return follow();
    if (S_ISDIR(status_.st_mode)) return {};
    if (!ahead_.empty()) return wrong(std::strerror(ENOTDIR));
    if (!S_ISREG(status_.st_mode)) return wrong("is not a regular file");
    if ((status_.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return wrong("is not executable");
    return {};
  }

  Result<void> follow() {
    if (ahead_.empty()) return wrong("is a symbolic link");
    if (++links_ > kMaxTrustedLinks) return wrong(std::strerror(ELOOP));
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(at_.back().file.get(), "", target.data(), target.size());
    if (size <= 0) return wrong(std::strerror(size < 0 ? errno : ENOENT));
    const std::string path(target.data(), static_cast<std::size_t>(size));
    at_.pop_back();
    if (path.starts_with('/')) at_.erase(at_.begin() + 1, at_.end());
    push(path);
    return {};
  }

  std::vector<Place> at_;           // the root folder, and so on
  std::vector<std::string> ahead_;  // the next name is the last
  struct stat status_{};
  int links_ = 0;
};

}  // namespace

Result<std::string> find_trusted_path(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  if (error) return fail(fmt::format("{}: {}", path, error.message()));
  return TrustedWalk(whole.string()).go();
}

}  // namespace rollcall::files
