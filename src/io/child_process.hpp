/// Runs a program and tells how it ended.
///
/// The child has a session and process group of its own, /dev/null as input, a small environment,
/// the limit of descriptors that we were started with, and no descriptor of ours. There is no shell
/// between us and it; but a reaper, which ends its descendants (reaper.hpp).
///
/// Not done: a daemon that the child leaves behind with our pipe as its output loses it 200 ms
/// after the child has ended, and gets EPIPE when it writes. A start script sends a daemon's output
/// to a file or to syslog.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "io/async.hpp"

namespace rollcall::io {

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
  bool said_too_much = false;  // it was killed for that
  std::string output;          // the tail of standard output and error, merged
  std::string head;            // the beginning of the same
  Duration duration{};

  bool succeeded() const noexcept { return exit_status == 0 && !timed_out; }
  /// The exit status; 128 + N for signal N as shells have it; 255 where nothing is known.
  int shell_status() const noexcept {
    return exit_status ? *exit_status : signal != 0 ? 128 + signal : 255;
  }
};

/// Why a program could not be started.
struct StartError {
  std::string what;  // "cannot run /usr/bin/x"
  int number = 0;    // an errno

  std::string message() const;
};
using ChildRun = Result<ChildResult, StartError>;

/// Processes that a child leaves behind when it ends in time. A start script leaves its service; a
/// check has nothing to leave. What is over its time leaves nothing.
enum class Descendants : std::uint8_t { kept, killed };

struct ChildLimits {
  Duration time;
  Descendants descendants = Descendants::kept;
  std::size_t output = SIZE_MAX;  // octets; a child that writes more is killed
};

/// Runs `argv` (its first is an absolute path). Over its time, the child's group gets SIGTERM, and
/// every descendant SIGKILL after kKillGrace. Ends soon after the child, even if a descendant still
/// holds the output. To cancel it kills all of them at once.
/// @return an error only where the program could not be started
asio::awaitable<ChildRun> run_child(std::vector<std::string> argv, ChildLimits limits);

}  // namespace rollcall::io
