#include "server/state_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::string_view kUp = "up";
constexpr std::string_view kDown = "down";
constexpr std::string_view kKept = "kept";
constexpr std::string_view kWitness = "witness";

std::string_view state_word(const roster::SavedMember& member) {
  if (!member.up) return kDown;
  return member.kept_back ? kKept : kUp;
}

/// @return nothing where the line is none of ours
std::optional<WallTime> parse_saved(std::string_view line) {
  if (take_word(line) != "saved") return std::nullopt;
  return parse_time(line);
}

std::optional<roster::SavedMember> parse_member(std::string_view line) {
  const std::string_view state = take_word(line);
  const bool known = state == kUp || state == kDown || state == kKept;
  const auto pool = dns::Name::parse(take_word(line));
  const auto address = IpAddress::parse(take_word(line));
  if (!known || !pool || !address || line.empty()) return std::nullopt;
  // A check's name may hold blanks: it is the rest of the line.
  return roster::SavedMember{.pool = *pool,
                             .address = *address,
                             .check = std::string(line),
                             .up = state != kDown,
                             .kept_back = state == kKept};
}

/// @return nothing where the line is none of a witness
std::optional<roster::SavedWitness> parse_witness(std::string_view line) {
  if (take_word(line) != kWitness) return std::nullopt;
  const auto address = IpAddress::parse(take_word(line));
  if (!address || line.empty()) return std::nullopt;
  return roster::SavedWitness{.address = *address, .check = std::string(line)};
}

/// `line` for a log: what is no ASCII text is not shown.
std::string printable(std::string_view line) {
  constexpr std::size_t kShown = 100;
  std::string shown(line.substr(0, kShown));
  std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

/// What is saved of health helps a start, and its loss harms none.
roster::SavedHealth health_or_none(const Result<std::optional<std::string>>& text,
                                   const std::string& path, WallTime now) {
  if (text && !*text) return {};  // a first start
  auto health =
      text ? parse_health(**text, now) : Result<roster::SavedHealth>(std::unexpected(text.error()));
  if (health) return std::move(*health);
  spdlog::warn("{}{}: saved health is not used, members are unknown until they are probed",
               text ? path + ": " : "", health.error().message);
  return {};
}

}  // namespace

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

std::optional<WallTime> parse_time(std::string_view word) {
  const auto time = parse_number<std::int64_t>(word);
  if (!time || *time < 0 || *time > kLatestTime) return std::nullopt;
  return WallTime(std::chrono::milliseconds(*time));
}

Result<roster::SavedHealth> parse_health(std::string_view text, WallTime now) {
  if (text.empty()) return fail("it is empty");
  roster::SavedHealth health;
  std::optional<Duration> age;  // of the lines that follow
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const auto damaged = [&](std::string_view wanted) {
      return fail(fmt::format("line {} is not \"{}\" but \"{}\"", number, wanted, printable(line)));
    };
    // The file is replaced whole: a line without an end is no crash of ours.
    if (end == std::string_view::npos) return fail(fmt::format("line {} has no end", number));
    if (const auto saved = parse_saved(line)) {
      age = now - *saved;
    } else if (!age) {
      return damaged("saved UNIX-MILLISECONDS");
    } else if (auto witness = parse_witness(line)) {
      health.witnesses.push_back(std::move(*witness));
    } else {
      auto member = parse_member(line);
      if (!member) return damaged("up|down|kept POOL ADDRESS CHECK");
      member->age = *age;
      const bool fresh = *age >= Duration::zero() && *age <= roster::kSavedHealthLifetime;
      if (fresh) health.members.push_back(std::move(*member));
    }
    text.remove_prefix(end + 1);
  }
  return health;
}

std::string format_health(const roster::SavedHealth& health, WallTime now) {
  const auto saved = [now](Duration age) {
    const auto then = std::chrono::time_point_cast<std::chrono::milliseconds>(now - age);
    return fmt::format("saved {}\n", then.time_since_epoch().count());
  };
  Duration age{};
  std::string text = saved(age);
  for (const roster::SavedMember& member : health.members) {
    if (std::exchange(age, member.age) != member.age) text += saved(age);
    text += fmt::format("{} {} {} {}\n", state_word(member), member.pool.to_text(),
                        member.address.to_string(), member.check);
  }
  for (const roster::SavedWitness& witness : health.witnesses) {
    text += fmt::format("{} {} {}\n", kWitness, witness.address.to_string(), witness.check);
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
  const std::string health = folder_ + "/health";
  state.health = health_or_none(read_if_there(health), health, now);
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
