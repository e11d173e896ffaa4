#include "server/state_files.hpp"

#include <spdlog/spdlog.h>
#include <sys/inotify.h>

#include <cstring>

#include "server/file_reader.hpp"

namespace rollcall::server {
namespace {

// The folder is watched, not the file: careful writers put a new file in the place of the old one.
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

std::string folder_of(const std::string& file) {
  return file.substr(0, file.rfind('/') + 1);
}

}  // namespace

StateFiles::StateFiles(const asio::any_io_executor& executor,
                       std::function<void(const std::string&)> changed)
    : changed_(std::move(changed)), inotify_(executor) {}

Result<const health::States*> StateFiles::states_of(const std::string& file) {
  File& entry = files_[file];
  if (entry.current) return &entry.states;
  if (!entry.watched) watch(file, entry);  // before it is read: nothing is missed in between
  const auto text = read_text_file(file, health::kMaxStateFile);
  entry.current = entry.watched && (text || entry.known);
  if (text) {
    entry.states = health::parse_states(*text);
    entry.known = true;
  } else if (!entry.known) {
    return std::unexpected(text.error());
  } else {
    spdlog::warn("{}: what it said last holds", text.error().message);
  }
  return &entry.states;
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
      if (const auto found = files_.find(file); found != files_.end()) touch(file, found->second);
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
