/// The log: a bounded queue that a thread of its own writes to standard error. Other threads never
/// wait, even if standard error is not read: lines without room are dropped and counted, and the
/// log says how many.
///
/// Not done: if standard error is a file on a hung file system, the thread hangs for ever.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <memory>
#include <string>
#include <thread>

#include "core/instant.hpp"

namespace rollcall::log {

inline constexpr std::size_t kMaxLogLines = 10'000;      // minutes of a busy server's log
inline constexpr std::size_t kMaxLogOctets = 4UL << 20;  // and no more memory than this
inline constexpr Duration kLogFlushLimit = std::chrono::milliseconds(300);  // at the end

/// Any thread may log. spdlog's own asynchronous logger waits for its writer when it ends.
class LogQueue final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// @param output stays the caller's
  explicit LogQueue(int output);
  /// Writes what waits, for at most kLogFlushLimit.
  ~LogQueue() override;
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  /// Waits until everything is written. @return false where it took longer than `limit`
  bool flush_within(Duration limit);

 private:
  struct State;

  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  static void write(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;  // shared with the thread, which may be left behind
  std::thread thread_;
};

/// spdlog's default logger becomes a LogQueue of lines as log_format.hpp has them.
void start_log(const std::string& name);

/// Call it before the process ends without destructors.
void flush_log();

}  // namespace rollcall::log
