#include "files/file_reader.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "io/clock.hpp"
#include "io/descriptor.hpp"

namespace rollcall::files {
namespace {

constexpr std::size_t kChunk = 64UL * 1024;  // octets; as many as fit into a message to the server
constexpr int kReadings = 3;  // of a file that changes each time, before it is refused
constexpr Duration kBetweenReadings = std::chrono::milliseconds(100);
constexpr int kSettlings = 3;  // waits of at most kSettlingTime for a writer, then it is refused

std::unexpected<Error> errno_failure(const std::string& path) {
  return fail(fmt::format("{}: {}", path, std::strerror(errno)));
}

std::int64_t nanoseconds(std::int64_t seconds, std::int64_t rest) {
  return seconds * 1'000'000'000 + rest;
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size,
          nanoseconds(status.st_mtim.tv_sec, status.st_mtim.tv_nsec),
          nanoseconds(status.st_ctim.tv_sec, status.st_ctim.tv_nsec)};
}

std::int64_t wall_ns() {
  return std::chrono::nanoseconds(io::wall_now().time_since_epoch()).count();
}

/// Why a path that is no regular file cannot be read.
std::string kind_problem(mode_t mode) {
  if (S_ISDIR(mode)) return std::strerror(EISDIR);
  if (S_ISFIFO(mode)) return "not a regular file, but a FIFO";
  if (S_ISSOCK(mode)) return "not a regular file, but a socket";
  return "not a regular file, but a device";
}

/// When the file was created, or nothing where its file system does not record this.
std::optional<std::int64_t> birth_ns(int file) {
  struct statx status{};
  if (::statx(file, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0) return std::nullopt;
  if ((status.stx_mask & STATX_BTIME) == 0) return std::nullopt;
  return nanoseconds(status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
}

/// Whether a writer may be in the middle of it: true for the inode that was read before, and for a
/// file that is older than its content.
bool is_being_rewritten(int file, const FileStamp& stamp, const ReadOptions& options) {
  if (!options.settle || !may_be_written(stamp)) return false;
  if (options.last_inode != 0) return options.last_inode == stamp.inode;
  const auto birth = birth_ns(file);
  return birth && *birth + std::chrono::nanoseconds(kSettlingTime).count() < stamp.modified_ns;
}

/// A little longer than that: the calendar's clock here counts milliseconds, and where it lags by a
/// fraction the file would still seem to be written, wait after wait.
void wait_until_settled(const FileStamp& stamp) {
  constexpr Duration kClockStep = std::chrono::milliseconds(10);
  const Duration age = std::chrono::nanoseconds(wall_ns() - stamp.modified_ns);
  std::this_thread::sleep_for(std::clamp(kSettlingTime - age, Duration::zero(), kSettlingTime) +
                              kClockStep);
}

/// Reads to the end, or until more than `expected` came (0: not known, as in /proc): a file that
/// grows as fast as it is read has no end.
/// @return the octets, or an error
Result<std::size_t> read_to_end(int file, const std::string& path, std::size_t expected,
                                std::size_t limit, const TextSink& sink) {
  std::vector<char> buffer(kChunk);
  for (std::size_t used = 0;;) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_failure(path);
    if (count == 0 || (expected != 0 && used > expected)) return used;
    used += static_cast<std::size_t>(count);
    if (used > limit) return fail(fmt::format("{}: larger than {} octets", path, limit));
    sink.add({buffer.data(), static_cast<std::size_t>(count)});
  }
}

/// EISDIR for a folder.
int problem_with(const std::string& path, int access) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return ::access(path.c_str(), access) == 0 ? 0 : errno;
}

/// The names in a folder; a name with a line end is left out.
Result<FileText> list_folder(const std::string& path, std::size_t limit, const TextSink& sink) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return errno_failure(path);
  std::vector<std::string> names;
  std::size_t octets = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || name.contains('\n')) continue;
    octets += name.size() + 1;
    if (octets > limit) return fail(fmt::format("{}: has too many files", path));
    names.emplace_back(name);
  }
  std::ranges::sort(names);
  sink.begin(octets);
  for (const std::string& name : names) sink.add(name + "\n");
  return FileText{};
}

/// One look at the file. @return nothing where it changed meanwhile, or has not settled
Result<std::optional<FileText>> try_once(const std::string& path, const ReadOptions& options,
                                         const TextSink& sink, int& settlings) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (options.pipes ? 0 : O_NONBLOCK) |
                    (options.follow_links ? 0 : O_NOFOLLOW);
  const io::Descriptor file(::open(path.c_str(), flags));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return errno_failure(path);
  const FileStamp before = stamp_of(status);
  FileText result{.text = {}, .stamp = before, .mode = status.st_mode};
  const bool regular = S_ISREG(status.st_mode);
  if (!regular && (!options.pipes || S_ISDIR(status.st_mode))) {
    return fail(fmt::format("{}: {}", path, kind_problem(status.st_mode)));
  }
  result.unchanged = options.known == before || (options.only_settled && may_be_written(before));
  if (result.unchanged) return result;
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (size > options.limit) {
    return fail(fmt::format("{}: larger than {} octets", path, options.limit));
  }
  if (is_being_rewritten(file.get(), before, options)) {
    if (--settlings < 0) return fail(path + ": still being written");
    wait_until_settled(before);
    return std::nullopt;
  }
  sink.begin(size);
  const std::size_t expected = regular ? size : 0;
  const auto read = read_to_end(file.get(), path, expected, options.limit, sink);
  if (!read) return std::unexpected(read.error());
  if (::fstat(file.get(), &status) != 0) return errno_failure(path);
  const bool grew = expected != 0 && *read > expected;
  if (grew || (regular && stamp_of(status) != before)) return std::nullopt;
  return result;
}

}  // namespace

bool may_be_written(const FileStamp& stamp) {
  const Duration age = std::chrono::nanoseconds(wall_ns() - stamp.modified_ns);
  return age > -kSettlingTime && age < kSettlingTime;  // negative: the file server's clock is ahead
}

Result<FileText> read_file_into(const std::string& path, const ReadOptions& options,
                                const TextSink& sink) {
  if (options.look_for != 0) {
    return FileText{.text = {}, .stamp = {}, .problem = problem_with(path, options.look_for)};
  }
  if (options.list_folder) return list_folder(path, options.limit, sink);
  int settlings = kSettlings;
  for (int readings = 0; readings < kReadings;) {
    const int before = settlings;
    auto result = try_once(path, options, sink, settlings);
    if (!result) return std::unexpected(result.error());
    if (*result) return std::move(**result);
    if (settlings != before) continue;  // not read yet
    ++readings;
    std::this_thread::sleep_for(kBetweenReadings);
  }
  return fail(path + ": changed while being read");
}

Result<FileText> read_file(const std::string& path, const ReadOptions& options) {
  std::string text;
  // The buffer starts with the size of the file: one that doubles as it grows would hold a large
  // zone's text twice.
  const TextSink sink{.begin =
                          [&](std::size_t expected) {
                            text.clear();
                            text.reserve(expected);
                          },
                      .add = [&](std::string_view octets) { text += octets; }};
  auto result = read_file_into(path, options, sink);
  if (result) result->text = std::move(text);
  return result;
}

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
  auto read = read_file(path, {.limit = limit, .settle = false});
  if (!read) return std::unexpected(read.error());
  return std::move(read->text);
}

ReadTexts one_by_one(ReadText read) {
  return [read = std::move(read)](std::span<const WantedFile> files, const TakeFile& take) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!take(i, read(files[i].path, files[i].options))) return;
    }
  };
}

ReadText read_directly() {
  return [](const std::string& path, const ReadOptions& options) {
    ReadOptions with_pipes = options;
    with_pipes.pipes = true;
    return read_file(path, with_pipes);
  };
}

std::string place_beside(const std::string& zone_file, const std::string& path) {
  if (path == zone_file) return path;
  return (std::filesystem::path(zone_file).parent_path() / path).string();
}

std::function<Result<std::string>(const std::string& path)> reader_beside(
    const std::string& zone_file, ReadText read) {
  return [zone_file, read = std::move(read)](const std::string& path) -> Result<std::string> {
    auto file = read(place_beside(zone_file, path), {});
    if (!file) return std::unexpected(file.error());
    return std::move(file->text);
  };
}

std::optional<std::uint16_t> find_service_port(const std::string& name) {
  servent entry{};
  servent* found = nullptr;
  std::array<char, 4096> space{};  // room for the names of the entry
  if (getservbyname_r(name.c_str(), "tcp", &entry, space.data(), space.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace rollcall::files
