#include "server/state_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <ranges>

#include "core/number.hpp"
#include "server/file_reader.hpp"

namespace rollcall::server {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return fail(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

/// The words of each complete line.
std::vector<std::vector<std::string>> complete_lines(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    std::vector<std::string>& words = lines.emplace_back();
    for (const auto word : std::views::split(text.substr(0, end), ' ')) {
      words.emplace_back(word.begin(), word.end());
    }
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// @return nothing where there is no such file
Result<std::optional<std::string>> read_if_there(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown) && !unknown) return std::nullopt;
  return read_text_file(path);
}

Result<void> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(fd) != 0) return failed("flush", path);
  return {};
}

std::string serial_line(const dns::Name& origin, std::uint32_t ceiling) {
  return fmt::format("{} {}\n", origin.lowered().to_text(), ceiling);
}

}  // namespace

std::optional<roster::SavedHealth> parse_health(std::string_view text, WallTime now) {
  const auto lines = complete_lines(text);
  if (lines.empty() || lines[0].size() != 2 || lines[0][0] != "saved") return std::nullopt;
  const auto saved = parse_number<std::int64_t>(lines[0][1]);
  if (!saved) return std::nullopt;
  const Duration age = now - WallTime(std::chrono::milliseconds(*saved));
  if (age > roster::kSavedHealthLifetime || age < Duration::zero()) return std::nullopt;
  roster::SavedHealth health;
  for (const auto& words : lines | std::views::drop(1)) {
    if (words.size() != 4) return std::nullopt;
    const auto pool = dns::Name::parse(words[1]);
    const auto address = IpAddress::parse(words[2]);
    if (!pool || !address) return std::nullopt;
    health.members.push_back({*pool, *address, words[3], words[0] == "up"});
  }
  return health;
}

std::string format_health(const roster::SavedHealth& health, WallTime now) {
  std::string text = fmt::format("saved {}\n", now.time_since_epoch().count());
  for (const roster::SavedMember& member : health.members) {
    text += fmt::format("{} {} {} {}\n", member.up ? "up" : "down", member.pool.to_text(),
                        member.address.to_string(), member.check);
  }
  return text;
}

Result<StateStore> StateStore::open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(fmt::format("cannot make state_dir {}: {}", folder, error.message()));
  const std::string path = folder + "/lock";
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock) return failed("open", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", path);
    return fail(fmt::format("another server uses state_dir {}", folder));
  }
  return StateStore(folder, std::move(lock));
}

Result<roster::SavedState> StateStore::load(WallTime now) {
  roster::SavedState state;
  const std::string path = folder_ + "/serials";
  const auto serials = read_if_there(path);
  if (!serials) return std::unexpected(serials.error());
  for (const auto& words : complete_lines(serials->value_or(""))) {
    const bool two = words.size() == 2;
    const auto origin = dns::Name::parse(two ? words[0] : "");
    const auto ceiling = parse_number<std::uint32_t>(two ? words[1] : "");
    if (!origin || !ceiling) {
      return fail(
          fmt::format("{} holds a line that is none of mine: \"{}\"", path, fmt::join(words, " ")));
    }
    state.serial_ceilings[*origin] = *ceiling;
  }
  const auto health = read_if_there(folder_ + "/health");
  const auto overrides = read_if_there(folder_ + "/overrides");
  if (!overrides) return std::unexpected(overrides.error());
  auto said = parse_overrides(overrides->value_or(""), now);
  if (!said) return fail(fmt::format("{}/overrides {}", folder_, said.error().message));
  // What is over is so for good: a calendar that is set back must not bring it back.
  const std::string rest = format_overrides(*said, now);
  if (overrides->has_value() && rest != **overrides) {
    if (auto replaced = replace("overrides", rest); !replaced) {
      return std::unexpected(replaced.error());
    }
  }
  state.overrides = std::move(*said);
  if (health && *health) state.health = parse_health(**health, now).value_or(roster::SavedHealth{});
  if (auto opened = open_serial_log(state); !opened) return std::unexpected(opened.error());
  return state;
}

Result<void> StateStore::open_serial_log(const roster::SavedState& state) {
  std::string text;
  for (const auto& [origin, ceiling] : state.serial_ceilings) text += serial_line(origin, ceiling);
  if (auto replaced = replace("serials", text); !replaced) return replaced;
  const std::string path = folder_ + "/serials";
  serials_ = Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!serials_) return failed("open", path);
  return {};
}

Result<void> StateStore::give_to(uid_t user, gid_t group) const {
  for (const char* name : {"", "/lock", "/serials", "/health", "/overrides"}) {
    const std::string path = folder_ + name;
    if (::chown(path.c_str(), user, group) != 0 && errno != ENOENT) {
      return failed("give away", path);
    }
  }
  return {};
}

Result<void> StateStore::keep_serial(const dns::Name& origin, std::uint32_t ceiling) {
  const off_t end = ::lseek(serials_.get(), 0, SEEK_END);
  auto written = write_all(serials_.get(), serial_line(origin, ceiling), folder_ + "/serials");
  // Half a line would make one that is wrong of the next. The first error is the one that is told.
  if (!written && end >= 0 && ::ftruncate(serials_.get(), end) != 0) return written;
  return written;
}

Result<void> StateStore::save_health(const roster::SavedHealth& health, WallTime now) {
  return replace("health", format_health(health, now));
}

Result<void> StateStore::save_overrides(const roster::SavedOverrides& overrides, WallTime now) {
  return replace("overrides", format_overrides(overrides, now));
}

/// Atomically: whoever reads sees the old text or the new one, after a crash too.
Result<void> StateStore::replace(const std::string& name, const std::string& text) const {
  const std::string path = folder_ + "/" + name;
  const std::string fresh = path + ".new";
  const Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failed("write", fresh);
  if (auto written = write_all(file.get(), text, fresh); !written) return written;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("replace", path);
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return failed("flush", folder_);
  return {};
}

}  // namespace rollcall::server
