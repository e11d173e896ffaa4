/// Sends alerts: mail by SMTP and a webhook, each on a lane of its own, so that neither waits for
/// the other. Alerts that cannot be sent at once are kept in a file of state_dir; the next start
/// sends them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "alert/saved_alerts.hpp"
#include "channel/alert_lane.hpp"
#include "core/result.hpp"

namespace rollcall::channel {

/// An alert that is sent within this time is never written to disk.
inline constexpr Duration kAlertKeepDelay = std::chrono::seconds(1);

struct AlertTargets {
  std::vector<std::string> to;  // mail addresses; without any there is no mail
  std::string from;
  std::string smtp;     // URL, e.g. "smtp://127.0.0.1:25" or "smtps://mail.example.com"
  std::string webhook;  // URL that gets the JSON by POST; empty: none

  bool have_mail() const noexcept { return !to.empty() && !smtp.empty(); }
  bool have_webhook() const noexcept { return !webhook.empty(); }
};

/// The file where alerts wait over a restart. One thread calls these, for the disk may be slow.
struct AlertFile {
  std::string path;                                          // for messages
  std::function<Result<std::optional<std::string>>()> read;  // nothing: there is no such file
  std::function<Result<void>(std::string_view text)> replace;
  std::function<Result<void>()> remove;
};

/// Any thread may send.
class AlertSender {
 public:
  /// @param file the alerts of the last run are taken from it; without it, alerts wait in memory
  ///        alone
  /// @throws std::runtime_error where the system provides no random numbers
  explicit AlertSender(AlertTargets targets, const AlertRetries& retries = {},
                       std::optional<AlertFile> file = {});
  /// Aborts what is being sent, and keeps what is not sent. Waits for no server.
  ~AlertSender();
  AlertSender(const AlertSender&) = delete;
  AlertSender& operator=(const AlertSender&) = delete;

  /// Sends later alerts, and those that wait, to these targets.
  void retarget(AlertTargets targets);

  /// Never waits for the network or the disk.
  void send(alert::Alert alert);

 private:
  AlertTargets targets() const;
  AlertTry mail(AlertTransport& transport, const alert::Alert& alert) const;
  void take_saved();
  void keep(const std::stop_token& stop);
  void save();
  void changed();

  mutable std::mutex mutex_;
  AlertTargets targets_;  // guarded by mutex_
  bool unsaved_ = false;  // guarded by mutex_: the queues differ from the file
  std::condition_variable_any changed_;
  const std::optional<AlertFile> file_;
  const std::string run_id_;             // 128 random bits in hexadecimal
  std::atomic<std::uint64_t> sent_ = 0;  // makes an id of run_id_
  bool kept_ = false;                    // the keeper's own: the file holds alerts
  AlertLane mail_;
  AlertLane hook_;
  std::jthread keeper_;
};

}  // namespace rollcall::channel
