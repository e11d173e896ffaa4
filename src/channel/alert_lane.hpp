/// One way to send alerts, mail or webhook: a bounded queue and a thread that sends them in order.
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

/// An hour without a mail server must neither fill the memory nor lose important alerts.
inline constexpr std::size_t kAlertQueueLimit = 1000;
inline constexpr std::size_t kAlertQueueOctets = 4UL * 1024 * 1024;
/// Older alerts are dropped: they no longer help.
inline constexpr Duration kAlertLifetime = std::chrono::hours(48);
/// How often an alert is tried that the server refuses for good.
inline constexpr unsigned kAlertRefusals = 3;

/// The pauses between attempts while a server fails; the last one repeats.
struct AlertRetries {
  std::vector<Duration> pauses{std::chrono::seconds(2), std::chrono::seconds(10),
                               std::chrono::seconds(30), std::chrono::minutes(1)};
};

class AlertLane {
 public:
  using Try = std::function<AlertTry(AlertTransport&, const alert::Alert&)>;

  /// @param name for the log: "mail" or "webhook"
  /// @param attempt sends one alert; called on the lane's thread
  /// @param changed called after the queue has changed, on any thread
  AlertLane(std::string name, AlertRetries retries, Try attempt, std::function<void()> changed);
  /// See end().
  ~AlertLane();
  AlertLane(const AlertLane&) = delete;
  AlertLane& operator=(const AlertLane&) = delete;

  /// A full queue drops the oldest good news; if there is none, the oldest alert.
  void add(alert::Alert alert);
  /// Ends a pause between attempts: the server has changed, or may be back.
  void try_now();
  /// Aborts the alert that is being sent, and sends no more.
  void end();
  /// The alerts that are not sent, oldest first; includes the one that is being sent.
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
  std::size_t octets_ = 0;          // guarded by mutex_: of all alerts in the queue
  bool try_now_ = false;            // guarded by mutex_
  unsigned failures_ = 0;           // in a row; the thread's own
  unsigned refusals_ = 0;           // of the front alert; the thread's own
  AlertTransport transport_;
  std::jthread thread_;
};

}  // namespace rollcall::channel
