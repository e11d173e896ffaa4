/// The files of `file` checks: read once, and again when they are written or replaced. inotify
/// reports that at once; where it does not (behind a symbolic link, over NFS, under a bind mount),
/// the next probe sees it by the file's times. The log warns of lines that belong to no member.
/// FileReaders does all the reading.
///
/// Not done: a file that no check names any longer stays watched until the server ends.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "files/file_readers.hpp"
#include "files/folder_watch.hpp"
#include "health/state_file.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"

namespace rollcall::probe {

/// Probes of one file within this time share one reading: a file may list thousands of members.
inline constexpr Duration kStateFileLook = std::chrono::milliseconds(100);

/// One thread.
class StateFiles {
 public:
  /// @param changed called with the path of a file that was written, replaced or removed
  /// @param readers must outlive it
  /// @param look how old a reading may be
  StateFiles(const asio::any_io_executor& executor, files::FileReaders& readers,
             std::function<void(const std::string&)> changed, Duration look = kStateFileLook);

  /// @return the content of the file; its last content if it cannot be read, or not within `limit`
  asio::awaitable<Result<std::shared_ptr<const health::States>>> states_of(std::string file,
                                                                           Duration limit);

  /// Notes that a member was looked up, which happens once an `interval`. When every member has
  /// been looked up since the file was read, the log warns of each line that belongs to none.
  void note_asked(const std::string& file, std::string_view pool, const IpAddress& member,
                  Duration interval);

  /// Reads every file again, and reports each as changed.
  void forget();

 private:
  using Names = std::set<std::string, std::less<>>;
  using Time = asio::steady_timer::time_point;
  /// Which lines belong to a member.
  struct Lines {
    std::optional<Time> read;  // nothing: the lines have been checked
    Duration interval{};       // the longest of all checks of this file
    Names asked;               // since then
    Names strays;              // lines of which the log has warned
  };
  struct File {
    std::shared_ptr<const health::States> states;  // null: it could never be read
    std::string problem;                    // why the last reading failed; empty: it succeeded
    std::optional<files::FileStamp> stamp;  // of the last content, if it had settled
    bool watched = false;                   // whether its folder is watched
    bool current = false;
    bool writing = false;  // a writer has it open and has written
    Lines lines;
    bool looking = false;
    std::optional<Instant> looked;                             // when the last reading began
    std::vector<std::shared_ptr<asio::steady_timer>> waiting;  // cancelled when it has ended
  };
  struct Look {
    std::shared_ptr<const health::States> states;  // null: unchanged
    files::FileStamp stamp;
  };

  asio::awaitable<void> look_at(std::string file);
  void take(const std::string& file, Result<Look> look);
  asio::awaitable<void> watch(std::string file);
  asio::awaitable<void> look_at_new(std::string file);
  static void touch(File& entry);
  static Time due_of(const Lines& lines);
  void await_strays(Time due);
  static void tell_strays(const std::string& file, File& entry);
  void take(const files::FolderEvent& event);
  void look_again(const std::string& folder);

  files::FileReaders& readers_;
  std::function<void(const std::string&)> changed_;
  const Duration look_;
  files::FolderWatch folders_;
  asio::steady_timer strays_due_;
  bool awaiting_strays_ = false;
  std::map<std::string, File> files_;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::probe
