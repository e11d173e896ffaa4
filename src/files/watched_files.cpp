#include "files/watched_files.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace rollcall::files {

WatchedFiles::WatchedFiles(const asio::any_io_executor& executor, FileReaders& readers,
                           Changed changed, WatchTimes times)
    : readers_(readers),
      changed_(std::move(changed)),
      times_(times),
      watch_(
          executor, readers, [this](const FolderEvent& event) { happened(event); },
          [this](const std::string& folder) { lost(folder); }),
      tasks_(executor) {}

void WatchedFiles::watch(const std::string& owner, const std::vector<std::string>& files) {
  auto& before = owners_[owner];
  for (const std::string& path : before) {
    if (std::ranges::find(files, path) == files.end()) drop(owner, path);
  }
  before = files;
  for (const std::string& path : files) add(owner, path);
  if (!looking_at_links_ && !files.empty()) {
    looking_at_links_ = true;
    tasks_.start(look_at_links());
  }
}

void WatchedFiles::keep_only(const std::unordered_set<std::string>& keep) {
  std::erase_if(owners_, [&](const auto& entry) {
    const auto& [owner, files] = entry;
    if (keep.contains(owner)) return false;
    for (const std::string& path : files) drop(owner, path);
    pending_.erase(owner);
    return true;
  });
}

void WatchedFiles::add(const std::string& owner, const std::string& path) {
  const auto [file, fresh] = files_.try_emplace(path);
  file->second.owners.insert(owner);
  if (!fresh) return;
  const std::string folder = folder_of(path);
  ++folders_[folder].files;
  watch_folder(folder);
  ask_for_link(path);
}

void WatchedFiles::drop(const std::string& owner, const std::string& path) {
  const auto file = files_.find(path);
  if (file == files_.end()) return;
  file->second.owners.erase(owner);
  if (!file->second.owners.empty()) return;
  files_.erase(file);
  const auto folder = folders_.find(folder_of(path));
  // inotify goes on telling of it, which costs nothing: no file there is known any longer.
  if (--folder->second.files == 0) folders_.erase(folder);
}

void WatchedFiles::watch_folder(const std::string& folder) {
  Folder& entry = folders_[folder];
  if (entry.watched || std::exchange(entry.watching, true)) return;
  tasks_.start(begin(folder));
}

/// Tries until the folder is watched, or no file in it is needed any longer. What changed meanwhile
/// went unseen: its owners are told.
asio::awaitable<void> WatchedFiles::begin(std::string folder) {
  std::string told;
  for (;;) {
    const auto watched = co_await watch_.watch(folder);
    const auto entry = folders_.find(folder);
    if (entry == folders_.end()) co_return;
    if (watched) {
      entry->second.watched = true;
      entry->second.watching = false;
      if (!told.empty()) spdlog::info("{}: watched again", folder);
      if (!told.empty()) note_folder(folder);
      co_return;
    }
    if (told.empty()) {
      told = watched.error().message;
      spdlog::warn("changes are not seen, another try in {}: {}", format_duration(times_.retry),
                   told);
    }
    asio::steady_timer pause(co_await asio::this_coro::executor, times_.retry);
    co_await pause.async_wait(as_value);
  }
}

asio::awaitable<std::optional<FileStamp>> WatchedFiles::stamp_of(std::string path,
                                                                 std::optional<FileStamp> known) {
  const std::function<Result<FileText>()> read = [this, path, known] {
    auto file = readers_.read(path, {.settle = false, .known = known});
    if (file) file->text.clear();  // the times alone are wanted
    return file;
  };
  const auto file = co_await readers_.later(path, read);
  co_return file ? std::optional(file->stamp) : std::nullopt;
}

/// One after the other: there may be tens of thousands.
void WatchedFiles::ask_for_link(const std::string& path) {
  new_files_.push_back(path);
  if (!std::exchange(looking_for_links_, true)) tasks_.start(look_for_links());
}

asio::awaitable<void> WatchedFiles::look_for_links() {
  while (!new_files_.empty()) {
    const std::string path = std::move(new_files_.front());
    new_files_.pop_front();
    co_await look_at_link(path);
  }
  looking_for_links_ = false;
}

asio::awaitable<void> WatchedFiles::look_at_link(std::string path) {
  const std::function<Result<bool>()> look = [this, path] { return readers_.is_link(path); };
  const auto link = co_await readers_.later(path, look);
  const bool linked = link && *link;
  std::optional<FileStamp> stamp;
  if (linked) stamp = co_await stamp_of(path, std::nullopt);
  const auto file = files_.find(path);
  if (file == files_.end()) co_return;
  file->second.linked = linked;
  file->second.stamp = stamp;
}

asio::awaitable<void> WatchedFiles::look_at_links() {
  for (;;) {
    asio::steady_timer pause(co_await asio::this_coro::executor, times_.link_look);
    co_await pause.async_wait(as_value);
    std::vector<std::string> links;
    for (const auto& [path, file] : files_) {
      if (file.linked) links.push_back(path);
    }
    for (const std::string& path : links) {
      const auto before = files_.find(path);
      if (before == files_.end()) continue;
      const auto stamp = co_await stamp_of(path, before->second.stamp);
      const auto file = files_.find(path);
      if (file == files_.end() || file->second.stamp == stamp) continue;
      file->second.stamp = stamp;
      note(file->second, stamp ? times_.quiet : times_.gone);
    }
  }
}

void WatchedFiles::happened(const FolderEvent& event) {
  const auto file = files_.find(event.path);
  if (file == files_.end()) return;
  if (event.writing) return;
  if (!event.gone) ask_for_link(event.path);  // another file may have taken its place
  note(file->second, event.gone ? times_.gone : times_.quiet);
}

void WatchedFiles::lost(const std::string& folder) {
  if (folder.empty()) {
    for (const auto& [path, file] : files_) note(file, times_.gone);
    return;
  }
  const auto entry = folders_.find(folder);
  if (entry == folders_.end()) return;
  entry->second.watched = false;
  note_folder(folder);
  watch_folder(folder);
}

void WatchedFiles::note_folder(const std::string& folder) {
  for (const auto& [path, file] : files_) {
    if (folder_of(path) == folder) note(file, times_.gone);
  }
}

/// Owners are told together, once nothing has happened for a while.
void WatchedFiles::note(const File& file, Duration wait) {
  if (file.owners.empty()) return;
  const Time now = asio::steady_timer::clock_type::now();
  const bool first = pending_.empty();
  if (first) first_ = due_ = now;
  pending_.insert(file.owners.begin(), file.owners.end());
  due_ = std::max(due_, std::min(now + wait, first_ + times_.most));
  if (first) tasks_.start(tell_when_quiet());
}

asio::awaitable<void> WatchedFiles::tell_when_quiet() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (asio::steady_timer::clock_type::now() < due_) {
    timer.expires_at(due_);
    co_await timer.async_wait(as_value);
  }
  changed_(std::exchange(pending_, {}));
}

}  // namespace rollcall::files
