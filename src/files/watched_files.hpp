/// Tells when files have changed, once nobody writes them any longer: rename over them, editors,
/// `cp`, a link that leads elsewhere, a folder that is replaced.
///
/// inotify tells most at once. A file behind a symbolic link can change without it, so the times of
/// such files are looked at every few seconds.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/instant.hpp"
#include "files/folder_watch.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"

namespace rollcall::files {

struct WatchTimes {
  Duration quiet = std::chrono::milliseconds(200);  // without an event before files are told
  Duration most = std::chrono::seconds(2);          // of waiting for quiet
  Duration gone = std::chrono::seconds(1);  // an editor may put a file in place of the one removed
  Duration link_look = std::chrono::seconds(5);
  Duration retry = std::chrono::seconds(30);  // of a folder that could not be watched
};

/// One thread.
class WatchedFiles {
 public:
  using Changed = std::function<void(std::set<std::string> owners)>;

  /// @param readers must outlive it
  /// @param changed called with the owners whose files have changed, or may have
  WatchedFiles(const asio::any_io_executor& executor, FileReaders& readers, Changed changed,
               WatchTimes times = {});

  /// The files of an owner from now on, in place of those before.
  /// @param files absolute paths
  void watch(const std::string& owner, const std::vector<std::string>& files);
  /// Forgets the owners that `keep` does not hold.
  void keep_only(const std::unordered_set<std::string>& keep);

  std::size_t size() const noexcept { return files_.size(); }

 private:
  using Time = asio::steady_timer::time_point;
  struct File {
    std::set<std::string> owners;
    bool linked = false;             // a symbolic link, or a file with several names
    std::optional<FileStamp> stamp;  // of a linked one; nothing: it cannot be read
  };
  struct Folder {
    std::size_t files = 0;
    bool watched = false;
    bool watching = false;
  };

  void add(const std::string& owner, const std::string& path);
  void drop(const std::string& owner, const std::string& path);
  void watch_folder(const std::string& folder);
  asio::awaitable<void> begin(std::string folder);
  asio::awaitable<std::optional<FileStamp>> stamp_of(std::string path,
                                                     std::optional<FileStamp> known);
  void ask_for_link(const std::string& path);
  asio::awaitable<void> look_for_links();
  asio::awaitable<void> look_at_link(std::string path);
  asio::awaitable<void> look_at_links();
  void happened(const FolderEvent& event);
  void lost(const std::string& folder);
  void note_folder(const std::string& folder);
  void note(const File& file, Duration wait);
  asio::awaitable<void> tell_when_quiet();

  FileReaders& readers_;
  Changed changed_;
  const WatchTimes times_;
  FolderWatch watch_;
  std::unordered_map<std::string, File> files_;
  std::unordered_map<std::string, std::vector<std::string>> owners_;  // their files
  std::map<std::string, Folder> folders_;
  std::deque<std::string> new_files_;  // of which it is not known yet whether they are links
  bool looking_for_links_ = false;
  std::set<std::string> pending_;  // owners that are told next
  Time first_, due_;               // of `pending_`: the first event, and when they are told
  bool looking_at_links_ = false;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::files
