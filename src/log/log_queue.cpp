#include "log/log_queue.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/formatter.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>

#include "log/log_format.hpp"

namespace rollcall::log {
namespace {

constexpr int kLookForEndMs = 100;  // the longest time until the writer notices that it must end

std::weak_ptr<LogQueue>& log_in_use() {
  static std::weak_ptr<LogQueue> log;
  return log;
}

}  // namespace

struct LogQueue::State {
  explicit State(int to) : output(to) {}

  void push(std::string line) {
    octets += line.size();
    lines.push_back(std::move(line));
  }
  /// Call it under the lock, when there is room again.
  void tell_dropped() {
    if (dropped == 0) return;
    const std::string text =
        fmt::format("{} log {} dropped: standard error is not read fast enough", dropped,
                    dropped == 1 ? "line was" : "lines were");
    spdlog::memory_buf_t line;
    formatter->format({spdlog::source_loc{}, "", spdlog::level::warn, text}, line);
    dropped = 0;
    push({line.data(), line.size()});
  }

  const int output;
  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  const std::unique_ptr<spdlog::formatter> formatter = log_formatter();
  std::deque<std::string> lines;
  std::size_t octets = 0;
  std::uint64_t dropped = 0;
  bool writing = false;  // the line that the writer has taken
  bool ending = false;
  bool ended = false;
};

LogQueue::LogQueue(int output)
    : state_(std::make_shared<State>(output)), thread_([state = state_] { write(state); }) {}

LogQueue::~LogQueue() {
  flush_within(kLogFlushLimit);
  std::unique_lock lock(state_->mutex);
  state_->ending = true;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(lock, std::chrono::milliseconds(2 * kLookForEndMs),
                                              [&] { return state_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

bool LogQueue::flush_within(Duration limit) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, limit,
                                  [&] { return state_->lines.empty() && !state_->writing; });
}

void LogQueue::sink_it_(const spdlog::details::log_msg& message) {
  const std::lock_guard lock(state_->mutex);
  if (state_->lines.size() >= kMaxLogLines || state_->octets >= kMaxLogOctets) {
    ++state_->dropped;
    return;
  }
  state_->tell_dropped();
  spdlog::memory_buf_t line;
  state_->formatter->format(message, line);
  state_->push({line.data(), line.size()});
  state_->changed.notify_all();
}

/// The loop of the thread. A pipe that poll(2) reports as ready takes PIPE_BUF octets without
/// waiting.
void LogQueue::write(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  const auto put = [&](std::string_view line) {
    while (!line.empty() && !state->ending) {
      lock.unlock();
      pollfd ready{state->output, POLLOUT, 0};
      ssize_t written = -1;
      int error = EAGAIN;
      if (::poll(&ready, 1, kLookForEndMs) > 0) {
        written = ::write(state->output, line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
        error = errno;
      }
      lock.lock();
      if (written < 0 && error != EAGAIN && error != EINTR) return;  // no reader is left
      line.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
  };
  while (!state->ending) {
    if (state->lines.empty()) state->tell_dropped();
    if (state->lines.empty()) {
      state->changed.notify_all();
      state->changed.wait(lock, [&] { return !state->lines.empty() || state->ending; });
      continue;
    }
    const std::string line = std::move(state->lines.front());
    state->lines.pop_front();
    state->octets -= line.size();
    state->writing = true;
    put(line);
    state->writing = false;
  }
  state->ended = true;
  state->changed.notify_all();
}

void start_log(const std::string& name) {
  auto log = std::make_shared<LogQueue>(STDERR_FILENO);
  log_in_use() = log;
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(name, std::move(log)));
}

void flush_log() {
  if (const auto log = log_in_use().lock()) log->flush_within(kLogFlushLimit);
}

}  // namespace rollcall::log
