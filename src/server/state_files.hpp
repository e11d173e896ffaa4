/// The files of `file` checks: read once, and again when they are written or replaced.
///
/// Not done: a file that no check names any more stays watched until the server ends.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <string>

#include "core/result.hpp"
#include "health/state_file.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// One thread. Where the system gives no inotify watch, a file is read for every probe.
class StateFiles {
 public:
  /// @param changed is told the path of a file that was written, replaced or removed
  StateFiles(const asio::any_io_executor& executor,
             std::function<void(const std::string&)> changed);

  /// @return what the file says; what it said last where it can no longer be read
  Result<const health::States*> states_of(const std::string& file);

 private:
  struct File {
    health::States states;
    bool known = false;    // it could be read once
    bool watched = false;  // its folder is
    bool current = false;
  };

  void watch(const std::string& file, File& entry);
  void await_events();
  void take_events(std::size_t size);

  std::function<void(const std::string&)> changed_;
  asio::posix::stream_descriptor inotify_;
  std::map<std::string, File> files_;
  std::map<int, std::string> folders_;        // by watch descriptor, with a slash at the end
  alignas(8) std::array<char, 4096> events_;  // room for many: one has at most 272 octets
};

}  // namespace rollcall::server
