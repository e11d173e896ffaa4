#include "store/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "files/folder_path.hpp"
#include "state/sealed_text.hpp"

namespace rollcall::store {
namespace {

constexpr const char* kLock = "lock";
constexpr mode_t kOwnerAlone = S_IRUSR | S_IWUSR;  // of every file that is made here
constexpr int kMostSetAside = 9;  // of one file: repeated damage must not fill the disk
constexpr std::array<const char*, 11> kOurFiles{
    "lock",     "serials",      "serials.old", "overrides",   "health", "overrides.old",
    "restarts", "restarts.old", "alerts",      "zone_copies", "updates"};

/// Without O_TRUNC and O_CREAT, and with O_NONBLOCK: looking changes nothing, and never waits.
io::Descriptor open_to_look(int folder, const char* name) {
  return io::Descriptor(
      ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

/// @return why it must not be read; empty: it is a plain file with one name
std::string objection(const struct stat& file) {
  if (S_ISDIR(file.st_mode)) return std::strerror(EISDIR);
  if (!S_ISREG(file.st_mode)) return "it is not a regular file";
  if (file.st_nlink != 1) return "it is a hard link to a file that has another name, too";
  return {};
}

Result<std::string> read_whole(int file) {
  constexpr std::size_t kReadSize = 64UL * 1024;
  std::string text;
  for (;;) {
    const std::size_t used = text.size();
    text.resize(used + kReadSize);
    const ssize_t count = ::read(file, text.data() + used, kReadSize);
    if (count < 0 && errno != EINTR) return fail(std::strerror(errno));
    text.resize(used + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return text;
    if (text.size() > kMaxStateText) return fail("it is too large");
  }
}

std::string fresh_name(const std::string& name) {
  return name + ".new";
}

}  // namespace

Result<void> give_state_folder(const std::string& path, uid_t user, gid_t group) {
  auto opened = files::open_folder(path);
  if (!opened) return std::unexpected(opened.error());
  const int folder = opened->folder.get();
  struct stat itself{};
  if (::fstat(folder, &itself) == 0 && itself.st_uid == user) return {};
  if (!opened->only_root) {
    // Another owner could help a user who can replace parts of the path.
    spdlog::warn(
        "state_dir {} belongs neither to root alone nor to server.user: left unchanged; if it is "
        "not writable, chown it",
        path);
    return {};
  }
  // On a read-only disk the owner stays, and the server still reads the files.
  const auto give = [&](int file, const std::string& name) {
    if (::fchown(file, user, group) == 0) return;
    spdlog::warn("cannot give {}{} to the user of server.user: {}", path, name,
                 std::strerror(errno));
  };
  // The folder comes last: until then only root can put anything into it.
  for (const char* name : kOurFiles) {
    const io::Descriptor file = open_to_look(folder, name);
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) continue;
    if (!objection(status).empty() || status.st_uid != 0) continue;
    give(file.get(), fmt::format("/{}", name));
  }
  give(folder, "");
  return {};
}

std::unexpected<Error> StateFolder::failed(std::string_view what, const std::string& name) const {
  return fail(fmt::format("cannot {} {}/{}: {}", what, path_, name, std::strerror(errno)));
}

Result<StateFolder> StateFolder::open(const std::string& path) {
  auto opened = files::open_folder(path);
  if (!opened) return fail("state_dir: " + opened.error().message);
  StateFolder folder(path, std::move(opened->folder));
  if (auto locked = folder.lock(); !locked) return std::unexpected(locked.error());
  return folder;
}

Result<StateFolder> StateFolder::beside() const {
  io::Descriptor same(::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!same) return fail(fmt::format("cannot open {}: {}", path_, std::strerror(errno)));
  return StateFolder(path_, std::move(same));
}

Result<void> StateFolder::lock() {
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  const auto taken = [&] {
    return fail(fmt::format("another server is using state_dir {}", path_));
  };
  if (errno == EWOULDBLOCK) return taken();
  lock_ = io::Descriptor(::openat(
      folder_.get(), kLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kOwnerAlone));
  if (!lock_) return failed("open", kLock);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  return errno == EWOULDBLOCK ? taken() : Result<void>(failed("lock", kLock));
}

Result<std::optional<std::string>> StateFolder::read(const std::string& name) const {
  const io::Descriptor file = open_to_look(folder_.get(), name.c_str());
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file && errno == ELOOP) return fail("it is a symbolic link");
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return fail(std::strerror(errno));
  if (std::string why = objection(status); !why.empty()) return fail(std::move(why));
  auto text = read_whole(file.get());
  if (!text) return std::unexpected(text.error());
  return std::move(*text);
}

Result<void> StateFolder::remove(const std::string& name) const {
  if (::unlinkat(folder_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return failed("remove", name);
}

Result<io::Descriptor> StateFolder::open_file(const std::string& name) const {
  io::Descriptor file(::openat(folder_.get(), name.c_str(),
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                               kOwnerAlone));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return failed("open", name);
  if (const std::string why = objection(status); !why.empty()) {
    return fail(fmt::format("cannot open {}/{}: {}", path_, name, why));
  }
  return file;
}

Result<void> StateFolder::replace(const std::string& name, std::string_view text) const {
  auto file = begin_anew(name);
  if (!file) return std::unexpected(file.error());
  auto written = write(*file, text, fresh_name(name));
  if (written) written = finish_anew(name, *file);
  if (!written) drop_anew(name);
  return written;
}

Result<io::Descriptor> StateFolder::begin_anew(const std::string& name) const {
  const std::string fresh = fresh_name(name);
  const auto make = [&] {
    return io::Descriptor(::openat(folder_.get(), fresh.c_str(),
                                   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                   kOwnerAlone));
  };
  io::Descriptor file = make();
  if (!file && errno == EEXIST) {  // left by a crash, or planted
    if (::unlinkat(folder_.get(), fresh.c_str(), 0) != 0 && !set_aside(fresh)) {
      return failed("remove", fresh);
    }
    file = make();
  }
  if (!file) return failed("write", fresh);
  return file;
}

Result<void> StateFolder::write(const io::Descriptor& file, std::string_view text,
                                const std::string& name) const {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", name);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> StateFolder::finish_anew(const std::string& name, const io::Descriptor& file) const {
  if (::fdatasync(file.get()) != 0) return failed("write", fresh_name(name));
  return rename(fresh_name(name), name);
}

/// A full disk needs the room.
void StateFolder::drop_anew(const std::string& name) const {
  ::unlinkat(folder_.get(), fresh_name(name).c_str(), 0);
}

Result<void> StateFolder::rename(const std::string& from, const std::string& to) const {
  const auto renamed = [&] {
    return ::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()) == 0;
  };
  // A rename cannot replace a folder.
  if (!renamed() && (!set_aside(to) || !renamed())) return failed("replace", to);
  return flush();
}

/// A rename is on disk only when its folder is.
Result<void> StateFolder::flush() const {
  if (::fsync(folder_.get()) == 0) return {};
  if (errno != EINVAL) return fail(fmt::format("cannot flush {}: {}", path_, std::strerror(errno)));
  static std::atomic_flag told;
  if (!told.test_and_set()) {
    spdlog::warn(
        "state_dir {}: its file system cannot flush folders; after a crash of the whole "
        "machine the last change may be missing",
        path_);
  }
  return {};
}

Result<std::string> StateFolder::set_aside(const std::string& name) const {
  for (int copy = 1; copy <= kMostSetAside; ++copy) {
    std::string aside = name + (copy == 1 ? ".damaged" : fmt::format(".damaged.{}", copy));
    const auto moved = [&](unsigned flags) {
      return ::renameat2(folder_.get(), name.c_str(), folder_.get(), aside.c_str(), flags) == 0;
    };
    if (moved(RENAME_NOREPLACE)) return aside;
    if (errno == EINVAL && moved(0)) return aside;  // a file system without that flag
    if (errno != EEXIST) break;
    if (copy == kMostSetAside && moved(0)) return aside;
  }
  return failed("set aside", name);
}

KeptTwice::Loaded KeptTwice::load(const StateFolder& folder) {
  const std::array<std::string, 2> names{name_, old_name()};
  std::array<Result<std::optional<std::string>>, 2> texts{folder.read(names[0]),
                                                          folder.read(names[1])};
  const auto missing = [&](std::size_t i) { return texts[i] && !*texts[i]; };
  Loaded loaded{.first = missing(0) && missing(1)};
  std::string damage;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (missing(i)) continue;
    const std::string text = texts[i] ? **texts[i] : std::string();
    if (i == 0 && texts[i] && missing(1) && !state::has_sealed_head(name_, text)) {
      loaded.body = text;
      loaded.good = true;
      continue;
    }
    const auto unsealed = texts[i] ? state::unseal(name_, text)
                                   : Result<state::UnsealedText>(std::unexpected(texts[i].error()));
    if (!unsealed) {
      const auto aside = folder.set_aside(names[i]);
      damage += fmt::format("{}{}/{}: {}; {}", damage.empty() ? "" : ", and ", folder.path(),
                            names[i], unsealed.error().message,
                            aside ? "set aside as " + *aside : aside.error().message);
      if (texts[i]) loaded.damaged.push_back(text);
    } else if (!loaded.good || unsealed->number > number_) {
      loaded.body = unsealed->body;
      loaded.good = true;
      number_ = unsealed->number;
    }
  }
  if (missing(0) && !loaded.first) {
    damage +=
        fmt::format("{}{}/{} is missing", damage.empty() ? "" : ", and ", folder.path(), name_);
  }
  if (damage.empty()) return loaded;
  loaded.problems.push_back(damage +
                            (loaded.good ? "; the other copy is used" : "; there is no good copy"));
  return loaded;
}

Result<void> KeptTwice::save(const StateFolder& folder, std::string_view body) {
  const std::string text = state::seal(name_, number_ + 1, body);
  if (auto saved = folder.replace(name_, text); !saved) return saved;
  ++number_;
  return folder.replace(old_name(), text);
}

}  // namespace rollcall::store
