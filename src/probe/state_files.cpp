#include "probe/state_files.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "io/clock.hpp"

namespace rollcall::probe {
StateFiles::StateFiles(const asio::any_io_executor& executor, files::FileReaders& readers,
                       std::function<void(const std::string&)> changed, Duration look)
    : readers_(readers),
      changed_(std::move(changed)),
      look_(look),
      folders_(
          executor, readers, [this](const files::FolderEvent& event) { take(event); },
          [this](const std::string& folder) { look_again(folder); }),
      strays_due_(executor),
      tasks_(executor) {}

asio::awaitable<Result<std::shared_ptr<const health::States>>> StateFiles::states_of(
    std::string file, Duration limit) {
  File& entry = files_[file];
  const bool fresh = entry.looked && io::monotonic_now() - *entry.looked < look_;
  if (!entry.current || (!entry.writing && !fresh) || entry.looking) {
    if (!std::exchange(entry.looking, true)) tasks_.start(look_at(file));
    const auto ended =
        std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, limit);
    entry.waiting.push_back(ended);
    co_await ended->async_wait(as_value);
  }
  if (entry.states) co_return entry.states;
  if (!entry.problem.empty()) co_return fail(entry.problem);
  co_return fail(fmt::format("{}: not read within {}", file, format_duration(limit)));
}

/// Reads the file once for all probes that wait, each of which may be cancelled.
asio::awaitable<void> StateFiles::look_at(std::string file) {
  File& entry = files_[file];
  if (!entry.watched) co_await watch(file);  // before reading, so that no change is missed
  // Without inotify events the file may be half written: then it is read only when it has settled.
  files::ReadOptions options{.limit = health::kMaxStateFile, .settle = false};
  if (entry.current && entry.problem.empty()) options.known = entry.stamp;
  options.only_settled = entry.current;
  entry.current = true;  // until an event comes, even while the file is read
  entry.looked = io::monotonic_now();
  const std::function<Result<Look>()> read = [this, file, options]() -> Result<Look> {
    const auto text = readers_.read(file, options);
    if (!text) return std::unexpected(text.error());
    if (text->unchanged) return Look{};
    return Look{std::make_shared<const health::States>(health::parse_states(text->text)),
                text->stamp};
  };
  take(file, co_await readers_.later(file, read));
  entry.looking = false;
  for (const auto& waiting : std::exchange(entry.waiting, {})) waiting->cancel();
}

void StateFiles::take(const std::string& file, Result<Look> look) {
  File& entry = files_[file];
  if (!look) {
    const std::string before = std::exchange(entry.problem, look.error().message);
    // Only the first problem is logged: the message differs each time in how long the file has not
    // replied.
    if (before.empty()) {
      spdlog::warn("{}: using {}", entry.problem,
                   entry.states ? "its last content" : "the last known states");
    }
  } else if (look->states) {
    entry.problem.clear();
    entry.states = std::move(look->states);
    entry.lines.asked.clear();
    entry.lines.read = asio::steady_timer::clock_type::now();
    // A file that may still be written is read once more when it has settled.
    entry.stamp = files::may_be_written(look->stamp) ? std::nullopt : std::optional(look->stamp);
  }
}

void StateFiles::note_asked(const std::string& file, std::string_view pool, const IpAddress& member,
                            Duration interval) {
  File& entry = files_[file];
  Lines& lines = entry.lines;
  if (!lines.read || !entry.states) return;
  lines.interval = std::max(lines.interval, interval);
  const auto line = health::line_of(*entry.states, pool, member);
  if (line != entry.states->end()) lines.asked.insert(line->first);
  await_strays(due_of(lines));
}

/// After twice the interval every member has been looked up, even with jitter and the wait for a
/// place.
StateFiles::Time StateFiles::due_of(const Lines& lines) {
  return *lines.read + 2 * lines.interval;
}

/// Waits for the file that is due first: another one may be due in a day.
void StateFiles::await_strays(Time due) {
  if (awaiting_strays_ && strays_due_.expiry() <= due) return;
  awaiting_strays_ = true;
  strays_due_.expires_at(due);  // this cancels a later wait
  strays_due_.async_wait([this](const ErrorCode& error) {
    if (error) return;
    awaiting_strays_ = false;
    std::optional<Time> next;
    for (auto& [file, entry] : files_) {
      if (!entry.lines.read) continue;
      const Time at = due_of(entry.lines);
      if (at <= strays_due_.expiry()) {
        tell_strays(file, entry);
      } else {
        next = std::min(next.value_or(at), at);
      }
    }
    if (next) await_strays(*next);
  });
}

void StateFiles::tell_strays(const std::string& file, File& entry) {
  constexpr std::size_t kMostTold = 20;  // a file for many servers has many lines for others
  entry.lines.read.reset();
  Names strays;
  std::size_t fresh = 0;
  for (const auto& [name, outcome] : *entry.states) {
    if (entry.lines.asked.contains(name)) continue;
    strays.insert(name);
    if (entry.lines.strays.contains(name) || ++fresh > kMostTold) continue;
    spdlog::warn("{}: line of {} ignored: no check asks about this member", file, name);
  }
  if (fresh > kMostTold) {
    spdlog::warn("{}: more lines of members that no check asks about: {}", file, fresh - kMostTold);
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

asio::awaitable<void> StateFiles::watch(std::string file) {
  const auto watched = co_await folders_.watch(files::folder_of(file));
  files_[file].watched = watched.has_value();
}

/// A new link may be whole at once; a new file is empty, and is whole when it is closed.
asio::awaitable<void> StateFiles::look_at_new(std::string file) {
  const std::function<Result<bool>()> look = [this, file] { return readers_.is_link(file); };
  const auto link = co_await readers_.later(file, look);
  if (!link || !*link) co_return;
  touch(files_[file]);
  changed_(file);
}

void StateFiles::touch(File& entry) {
  entry.current = false;
  entry.writing = false;
}

void StateFiles::take(const files::FolderEvent& event) {
  const auto found = files_.find(event.path);
  if (found == files_.end()) return;
  found->second.writing = event.writing;  // until the writer closes it
  if (event.made) {
    tasks_.start(look_at_new(event.path));
  } else if (!event.writing) {
    touch(found->second);
    changed_(event.path);
  }
}

/// @param folder that was removed; empty: events of any may be lost
void StateFiles::look_again(const std::string& folder) {
  std::vector<std::string> lost;
  for (auto& [file, entry] : files_) {
    if (!folder.empty() && files::folder_of(file) != folder) continue;
    if (!folder.empty()) entry.watched = false;
    touch(entry);
    lost.push_back(file);
  }
  for (const std::string& file : lost) changed_(file);
}

}  // namespace rollcall::probe
