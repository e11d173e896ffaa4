/// One channel: a digest, and a thread that sends its batches one after the other. A batch that is
/// not delivered is tried again for a day; what comes meanwhile is one batch behind it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "alert/digest.hpp"
#include "alert/saved_alerts.hpp"
#include "channel/alert_transport.hpp"
#include "core/instant.hpp"

namespace rollcall::channel {

/// For so long a batch is tried, by a clock that nobody sets; then it is told that it was missed.
inline constexpr Duration kAlertLifetime = std::chrono::hours(24);
/// How often a batch is tried that the other side refuses for good.
inline constexpr unsigned kAlertRefusals = 3;

/// The pauses between attempts while a channel fails; the last one repeats.
struct AlertRetries {
  std::vector<Duration> pauses{std::chrono::seconds(2),  std::chrono::seconds(10),
                               std::chrono::seconds(30), std::chrono::minutes(1),
                               std::chrono::minutes(2),  std::chrono::minutes(5)};
  Duration lifetime = kAlertLifetime;
};

class AlertLane {
 public:
  using Try = std::function<AlertTry(AlertTransport&, const alert::Batch&)>;
  /// Called after what waits has changed, on any thread.
  using Changed = std::function<void()>;
  using MakeId = std::function<std::string()>;

  /// @param name for the log and the file: "mail", "webhook" or "exec"
  /// @param attempt sends one batch; called on the lane's thread
  AlertLane(std::string name, AlertRetries retries, Try attempt, Changed changed, MakeId make_id);
  /// See end().
  ~AlertLane();
  AlertLane(const AlertLane&) = delete;
  AlertLane& operator=(const AlertLane&) = delete;

  const std::string& name() const noexcept { return name_; }
  /// Nothing: the channel is not configured; what waits for it is dropped, and what comes.
  void set(const std::optional<alert::DigestRules>& rules);
  void add(const alert::Told& told);
  /// What the last run has left, before everything else.
  void restore(alert::SavedLane saved);
  /// Aborts the batch that is being sent, and sends no more.
  void end();
  /// What is not delivered, with the batch that is being sent.
  alert::SavedLane waiting() const;

 private:
  void work(const std::stop_token& stop);
  bool next(const std::stop_token& stop);
  AlertTry attempt(const alert::Batch& batch);
  void finish(const AlertTry& tried);
  void give_up(bool for_good);
  void pause(const std::stop_token& stop);

  const std::string name_;
  const AlertRetries retries_;
  const Try attempt_;
  const Changed tell_;
  const MakeId make_id_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  bool wanted_ = false;                // guarded by mutex_
  alert::Digest digest_;               // guarded by mutex_
  std::optional<alert::Batch> front_;  // guarded by mutex_; the thread alone replaces it
  bool try_now_ = false;               // guarded by mutex_: ends a pause between attempts
  unsigned failures_ = 0;              // in a row; the thread's own
  unsigned refusals_ = 0;              // of the front batch; the thread's own
  AlertTransport transport_;
  std::jthread thread_;
};

}  // namespace rollcall::channel
