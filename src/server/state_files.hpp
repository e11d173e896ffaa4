/// The files of `file` checks: read once, and again when they are written or replaced. inotify
/// tells of that at once; where it does not (behind a symbolic link, over NFS, under a bind mount)
/// the file's own times do, at the next probe. Lines that are of no member are warned of.
///
/// Not done: a file that no check names any more stays watched until the server ends.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "health/state_file.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// One thread.
class StateFiles {
 public:
  /// @param changed is told the path of a file that was written, replaced or removed
  StateFiles(const asio::any_io_executor& executor,
             std::function<void(const std::string&)> changed);

  /// @return what the file says; what it said last where it can no longer be read
  Result<const health::States*> states_of(const std::string& file);

  /// A member was looked for, as it is once in `interval`. When every member has been since the
  /// file was read, the log warns of each line that is of none.
  void note_asked(const std::string& file, std::string_view pool, const IpAddress& member,
                  Duration interval);

  /// Every file is read again: each is told to have changed.
  void forget();

 private:
  /// What tells one content of a file from another without reading it.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t changed_ns = 0;  // since 1970
    std::int64_t size = 0;

    bool operator==(const Stamp&) const = default;
  };
  using Names = std::set<std::string, std::less<>>;
  /// Which lines are of a member.
  struct Lines {
    std::optional<asio::steady_timer::time_point> read;  // nothing: they have been looked at
    Duration interval{};                                 // the longest of those who ask
    Names asked;                                         // since then
    Names strays;                                        // that the log has told of
  };
  struct File {
    health::States states;
    std::string problem;         // why it could not be read the last time; empty: it could
    std::optional<Stamp> stamp;  // before it was read the last time; nothing: it was not there
    bool known = false;          // it could be read once
    bool watched = false;        // its folder is
    bool current = false;
    bool writing = false;  // somebody has it open, and has written
    Lines lines;
  };

  static std::optional<Stamp> stamp_of(const std::string& file);
  static bool may_be_written(const Stamp& stamp);
  void read(const std::string& file, File& entry);

  void await_strays();
  static void tell_strays(const std::string& file, File& entry);

  void watch(const std::string& file, File& entry);
  void await_events();
  void take_events(std::size_t size);

  std::function<void(const std::string&)> changed_;
  asio::posix::stream_descriptor inotify_;
  asio::steady_timer strays_due_;
  bool awaiting_strays_ = false;
  std::map<std::string, File> files_;
  std::map<int, std::string> folders_;        // by watch descriptor, with a slash at the end
  alignas(8) std::array<char, 4096> events_;  // room for many: one has at most 272 octets
};

}  // namespace rollcall::server
