/// One way to tell people: a bounded queue of alerts and a thread that sends them in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "alert/alert.hpp"
#include "channel/alert_transport.hpp"
#include "core/instant.hpp"

namespace rollcall::channel {

/// An hour without a mail server must neither fill the memory nor lose what counts.
inline constexpr std::size_t kAlertQueueLimit = 1000;
inline constexpr std::size_t kAlertQueueOctets = 4UL * 1024 * 1024;
/// Older news helps nobody.
inline constexpr Duration kAlertLifetime = std::chrono::hours(48);
/// A server that refuses an alert for good has been asked that often.
inline constexpr unsigned kAlertRefusals = 3;

/// The pauses between tries while a server fails; the last one holds on.
struct AlertRetries {
  std::vector<Duration> pauses{std::chrono::seconds(2), std::chrono::seconds(10),
                               std::chrono::seconds(30), std::chrono::minutes(1)};
};

class AlertLane {
 public:
  using Try = std::function<AlertTry(AlertTransport&, const alert::Alert&)>;

  /// @param name for the log: "mail" or "webhook"
  /// @param attempt called on the lane's thread
  /// @param changed called after the queue has changed, on any thread
  AlertLane(std::string name, AlertRetries retries, Try attempt, std::function<void()> changed);
  /// See end().
  ~AlertLane();
  AlertLane(const AlertLane&) = delete;
  AlertLane& operator=(const AlertLane&) = delete;

  /// A full queue loses the oldest good news, and the oldest alert where there is none.
  void add(alert::Alert alert);
  /// Ends a pause: the other end is another one, or may be there again.
  void try_now();
  /// Breaks off what is being sent, and sends nothing more.
  void end();
  /// What is not sent, oldest first; what is being sent is among it.
  std::vector<alert::Alert> waiting() const;

 private:
  void work(const std::stop_token& stop);
  std::optional<alert::Alert> next(const std::stop_token& stop);
  void finish();
  void pause(const std::stop_token& stop);
  void make_room(std::vector<alert::Alert>& lost);

  const std::string name_;
  const AlertRetries retries_;
  const Try attempt_;
  const std::function<void()> tell_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<alert::Alert> queue_;  // guarded by mutex_; the front is being sent
  std::size_t octets_ = 0;          // guarded by mutex_: of the queue
  bool try_now_ = false;            // guarded by mutex_
  unsigned failures_ = 0;           // in a row; the thread's own
  unsigned refusals_ = 0;           // of the front; the thread's own
  AlertTransport transport_;
  std::jthread thread_;
};

}  // namespace rollcall::channel
