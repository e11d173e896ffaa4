#include "server/state_files.hpp"

#include <spdlog/spdlog.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "server/clock.hpp"
#include "server/file_reader.hpp"

namespace rollcall::server {
namespace {

// The folder is watched, not the file: careful writers put a new file in the place of the old one.
constexpr std::uint32_t kEvents =
    IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

// Who writes into a file is done with it after so long, where nothing else says when.
constexpr std::chrono::seconds kWriting{1};

std::string folder_of(const std::string& file) {
  return file.substr(0, file.rfind('/') + 1);
}

/// A link may be new and whole at once; a file is empty when it is new, and closed when it is
/// whole.
bool is_link(const std::string& file) {
  struct stat status{};
  return ::lstat(file.c_str(), &status) == 0 && (S_ISLNK(status.st_mode) || status.st_nlink > 1);
}

}  // namespace

StateFiles::StateFiles(const asio::any_io_executor& executor,
                       std::function<void(const std::string&)> changed)
    : changed_(std::move(changed)), inotify_(executor), strays_due_(executor) {}

Result<const health::States*> StateFiles::states_of(const std::string& file) {
  File& entry = files_[file];
  if (!entry.watched) watch(file, entry);  // before it is read: nothing is missed in between
  const std::optional<Stamp> stamp = stamp_of(file);
  const bool settled = !stamp || (!entry.writing && !may_be_written(*stamp));
  const bool differs = stamp != entry.stamp || !entry.problem.empty();
  if (!entry.current || (settled && differs)) {
    // What may still be written is read once more when it has settled.
    entry.stamp = settled ? stamp : std::nullopt;
    read(file, entry);
  }
  if (!entry.known) return fail(entry.problem);
  return &entry.states;
}

void StateFiles::read(const std::string& file, File& entry) {
  const auto text = read_text_file(file, health::kMaxStateFile);
  entry.current = true;
  const std::string before =
      std::exchange(entry.problem, text ? std::string() : text.error().message);
  if (text) {
    entry.states = health::parse_states(*text);
    entry.known = true;
    entry.lines.asked.clear();
    entry.lines.read = asio::steady_timer::clock_type::now();
  } else if (entry.problem != before) {
    spdlog::warn("{}: what {} holds", entry.problem, entry.known ? "it said last" : "was known");
  }
}

void StateFiles::note_asked(const std::string& file, std::string_view pool, const IpAddress& member,
                            Duration interval) {
  File& entry = files_[file];
  Lines& lines = entry.lines;
  if (!lines.read) return;
  lines.interval = std::max(lines.interval, interval);
  const auto line = health::line_of(entry.states, pool, member);
  if (line != entry.states.end()) lines.asked.insert(line->first);
  await_strays();
}

/// Twice the interval: with its jitter, and the wait for a place, every member has been asked
/// about.
void StateFiles::await_strays() {
  if (awaiting_strays_) return;
  std::optional<asio::steady_timer::time_point> next;
  for (const auto& [file, entry] : files_) {
    if (!entry.lines.read) continue;
    const auto due = *entry.lines.read + 2 * entry.lines.interval;
    next = std::min(next.value_or(due), due);
  }
  if (!next) return;
  awaiting_strays_ = true;
  strays_due_.expires_at(*next);
  strays_due_.async_wait([this](const ErrorCode& error) {
    if (error) return;
    awaiting_strays_ = false;
    for (auto& [file, entry] : files_) {
      const auto& read = entry.lines.read;
      const bool due = read && *read + 2 * entry.lines.interval <= strays_due_.expiry();
      if (due) tell_strays(file, entry);
    }
    await_strays();
  });
}

void StateFiles::tell_strays(const std::string& file, File& entry) {
  constexpr std::size_t kMostTold = 20;  // a file for many servers has many lines for others
  entry.lines.read.reset();
  Names strays;
  std::size_t fresh = 0;
  for (const auto& [name, outcome] : entry.states) {
    if (entry.lines.asked.contains(name)) continue;
    strays.insert(name);
    if (entry.lines.strays.contains(name) || ++fresh > kMostTold) continue;
    spdlog::warn("{}: the line of {} is of no member that is asked about", file, name);
  }
  if (fresh > kMostTold) {
    spdlog::warn("{}: {} more lines are of no member that is asked about", file, fresh - kMostTold);
  }
  entry.lines.strays = std::move(strays);
}

void StateFiles::forget() {
  std::vector<std::string> files;
  for (auto& [file, entry] : files_) {
    entry.current = false;
    files.push_back(file);
  }
  for (const std::string& file : files) changed_(file);
}

/// Of the file behind a link. Nothing: there is none.
std::optional<StateFiles::Stamp> StateFiles::stamp_of(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  const Duration changed = std::chrono::seconds(status.st_mtim.tv_sec) +
                           std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return Stamp{status.st_dev, status.st_ino, changed.count(), status.st_size};
}

/// Half of a file is not to be taken for the whole. Events tell of its end; where there are none,
/// it is read once it has not changed for a while.
bool StateFiles::may_be_written(const Stamp& stamp) {
  const Duration age = wall_now().time_since_epoch() - std::chrono::nanoseconds(stamp.changed_ns);
  return age > -kWriting && age < kWriting;
}

void StateFiles::watch(const std::string& file, File& entry) {
  if (!inotify_.is_open()) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return;
    inotify_.assign(fd);
    await_events();
  }
  const std::string folder = folder_of(file);
  const int id = ::inotify_add_watch(inotify_.native_handle(), folder.c_str(), kEvents);
  if (id < 0) return;
  folders_[id] = folder;
  entry.watched = true;
}

void StateFiles::await_events() {
  inotify_.async_read_some(asio::buffer(events_), [this](const ErrorCode& error, std::size_t size) {
    if (error) return;  // closed: we may be gone
    take_events(size);
    await_events();
  });
}

void StateFiles::take_events(std::size_t size) {
  std::vector<std::string> written;
  const auto touch = [&](const std::string& file, File& entry) {
    entry.current = false;
    entry.writing = false;
    written.push_back(file);
  };
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, events_.data() + at, sizeof event);
    const char* const name = events_.data() + at + sizeof event;
    at += sizeof event + event.len;
    const bool lost = (event.mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0;
    if (!lost) {
      const std::string file = folders_[event.wd] + (event.len > 0 ? name : "");
      const auto found = files_.find(file);
      if (found == files_.end()) continue;
      found->second.writing = (event.mask & IN_MODIFY) != 0;  // until it is closed
      const bool begins = (event.mask & IN_CREATE) != 0 && !is_link(file);
      if (!begins && !found->second.writing) touch(file, found->second);
      continue;
    }
    // Events were lost, or the folder itself has gone: everything is looked at again.
    if ((event.mask & IN_IGNORED) != 0) folders_.erase(event.wd);
    for (auto& [file, entry] : files_) {
      if ((event.mask & IN_IGNORED) != 0) entry.watched = false;
      touch(file, entry);
    }
  }
  for (const std::string& file : written) changed_(file);
}

}  // namespace rollcall::server
