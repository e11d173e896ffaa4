#include "files/folder_watch.hpp"

#include <sys/inotify.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rollcall::files {
namespace {

// The folder is watched, not the file: careful writers replace the file by a new one.
constexpr std::uint32_t kWatchedEvents =
    IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

FolderWatch::FolderWatch(const asio::any_io_executor& executor, FileReaders& readers,
                         Happened happened, Lost lost)
    : readers_(readers),
      happened_(std::move(happened)),
      lost_(std::move(lost)),
      inotify_(executor) {}

asio::awaitable<Result<void>> FolderWatch::watch(std::string folder) {
  if (!inotify_.is_open()) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) co_return fail(std::string("inotify: ") + std::strerror(errno));
    inotify_.assign(fd);
    await_events();
  }
  const std::function<Result<int>()> add = [this, folder, fd = inotify_.native_handle()] {
    return readers_.watch_folder(folder, fd, kWatchedEvents);
  };
  const auto id = co_await readers_.later(folder, add);
  if (!id) co_return std::unexpected(id.error());
  folders_[*id] = std::move(folder);
  co_return Result<void>{};
}

void FolderWatch::await_events() {
  inotify_.async_read_some(asio::buffer(events_), [this](const ErrorCode& error, std::size_t size) {
    if (error) return;  // cancelled: this object may be destroyed
    take_events(size);
    await_events();
  });
}

void FolderWatch::take_events(std::size_t size) {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, events_.data() + at, sizeof event);
    const char* const name = events_.data() + at + sizeof event;
    at += sizeof event + event.len;
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      lost_({});
      continue;
    }
    const auto folder = folders_.find(event.wd);
    if (folder == folders_.end()) continue;
    if ((event.mask & IN_IGNORED) != 0) {
      lost_(folders_.extract(folder).mapped());
      continue;
    }
    happened_({.path = folder->second + (event.len > 0 ? name : ""),
               .writing = (event.mask & IN_MODIFY) != 0,
               .made = (event.mask & IN_CREATE) != 0,
               .gone = (event.mask & (IN_MOVED_FROM | IN_DELETE)) != 0});
  }
}

}  // namespace rollcall::files
