/// Runs a program and tells how it ended.
///
/// The child has a session and process group of its own, /dev/null as input, a small environment
/// and no descriptor of ours. There is no shell between us and it.
///
/// Not done: a daemon that the child leaves behind with our pipe as its output loses it 200 ms
/// after the child has ended, and gets EPIPE when it writes. A start script sends a daemon's output
/// to a file or to syslog.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// How much of a child's output is kept: its last octets, which say why it failed.
inline constexpr std::size_t kOutputTailLimit = 4096;

/// How much of its beginning is kept beside them.
inline constexpr std::size_t kOutputHeadLimit = 1024;

/// Between SIGTERM and SIGKILL to a child that is over its time.
inline constexpr Duration kKillGrace = std::chrono::seconds(2);

/// Puts `more` behind `tail` and keeps the last kOutputTailLimit octets.
void append_tail(std::string& tail, std::string_view more);

struct ChildResult {
  std::optional<int> exit_status;  // of a child that ended by itself
  int signal = 0;                  // that ended it, or 0
  bool timed_out = false;
  std::string output;  // the tail of standard output and error, merged
  std::string head;    // the beginning of the same
  Duration duration{};

  bool succeeded() const noexcept { return exit_status == 0 && !timed_out; }
  /// The exit status; 128 + N for signal N as shells have it; 255 where nothing is known.
  int shell_status() const noexcept {
    return exit_status ? *exit_status : signal != 0 ? 128 + signal : 255;
  }
};

/// Why a program could not be started: in words, and the errno.
struct StartError {
  std::string message;
  int number = 0;
};
using ChildRun = Result<ChildResult, StartError>;

/// Runs `argv` (its first is an absolute path) for at most `time_limit`; over it, the whole group
/// gets SIGTERM and SIGKILL after kKillGrace. Ends soon after the child, even if a grandchild still
/// holds the output. To cancel it kills the group at once.
/// @return an error only where the program could not be started
asio::awaitable<ChildRun> run_child(std::vector<std::string> argv, Duration time_limit);

}  // namespace rollcall::server
