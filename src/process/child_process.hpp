/// Runs a program and tells how it ended.
///
/// The child has a session and process group of its own, /dev/null or a text as input, a small
/// environment, the descriptor limit that this program was started with, and none of its
/// descriptors. It is started by a reaper, which ends its descendants (reaper.hpp), and not by a
/// shell.
///
/// Not done: a daemon that the child leaves behind with our pipe as its output loses it 200 ms
/// after the child has ended, and gets EPIPE when it writes. A start script sends a daemon's output
/// to a file or to syslog.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "io/async.hpp"

namespace rollcall::process {

/// How much of a child's output is kept: its last octets, which say why it failed.
inline constexpr std::size_t kOutputTailLimit = 8192;

/// How much of the beginning of the output is kept beside them.
inline constexpr std::size_t kOutputHeadLimit = 1024;

/// The time between SIGTERM and SIGKILL for a child that has run out of time.
inline constexpr Duration kKillGrace = std::chrono::seconds(2);

/// Appends `more` to `tail` and keeps the last kOutputTailLimit octets.
void append_tail(std::string& tail, std::string_view more);

struct ChildResult {
  std::optional<int> exit_status;  // of a child that ended by itself
  int signal = 0;                  // that ended it, or 0
  bool timed_out = false;
  bool said_too_much = false;  // it was killed because it wrote too much
  std::string output;          // the tail of standard output and error, merged
  std::string head;            // the beginning of the same
  Duration duration{};

  bool succeeded() const noexcept { return exit_status == 0 && !timed_out; }
  /// The exit status; 128 + N for signal N as shells have it; 255 if neither is known.
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
/// check leaves nothing. When the time runs out, all are killed.
enum class Descendants : std::uint8_t { kept, killed };

struct ChildLimits {
  Duration time;
  Descendants descendants = Descendants::kept;
  std::size_t output = SIZE_MAX;  // octets; a child that writes more is killed
};
// It may be made within a co_await: what g++ 12 destroys twice there needs no destruction.
static_assert(std::is_trivially_destructible_v<ChildLimits>);

/// Runs `argv` (its first is an absolute path). When the time runs out, the child's group gets
/// SIGTERM, and every descendant SIGKILL after kKillGrace. Ends soon after the child, even if a
/// descendant still holds the output. Cancelling it kills all of them at once.
/// @param input what the child reads from its standard input: a file in memory, so that it does not
///        matter when the child reads, or whether it does
/// @return an error only where the program could not be started
asio::awaitable<ChildRun> run_child(std::vector<std::string> argv, ChildLimits limits,
                                    std::string input = {});

}  // namespace rollcall::process
