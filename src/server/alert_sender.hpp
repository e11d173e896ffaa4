/// Tells people: mail by SMTP and a webhook, from a thread of its own.
///
/// Not done: alerts are not kept on disk; what is not sent when the program ends is lost, and the
/// log says so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/instant.hpp"

namespace rollcall::server {

/// A mail server that is down for an hour must not fill the memory; the newest news count.
inline constexpr std::size_t kAlertQueueLimit = 100;
inline constexpr Duration kAlertTryLimit = std::chrono::seconds(15);
inline constexpr Duration kAlertFlushLimit = std::chrono::seconds(1);  // of kEndLimit

struct AlertTargets {
  std::vector<std::string> to;  // mail addresses; without any there is no mail
  std::string from;
  std::string smtp;     // URL, e.g. "smtp://127.0.0.1:25" or "smtps://mail.example.com"
  std::string webhook;  // URL that gets the JSON by POST; empty: none

  bool have_mail() const noexcept { return !to.empty() && !smtp.empty(); }
  bool have_webhook() const noexcept { return !webhook.empty(); }
};

struct Alert {
  std::string subject;  // one line, UTF-8
  std::string body;     // UTF-8
  std::string json;     // for the webhook
};

/// When a try fails, mail and webhook each on their own, the next comes after such a pause.
struct AlertRetries {
  std::vector<Duration> pauses{std::chrono::seconds(2), std::chrono::seconds(10)};
};

/// Any thread may send. One thread of the sender's own does the work, an alert after the other.
class AlertSender {
 public:
  explicit AlertSender(AlertTargets targets, AlertRetries retries = {});
  /// Goes on sending for at most kAlertFlushLimit, without pauses.
  ~AlertSender();
  AlertSender(const AlertSender&) = delete;
  AlertSender& operator=(const AlertSender&) = delete;

  /// Alerts from now on, and those that wait, go there.
  void retarget(AlertTargets targets);

  /// Never blocks on the network. A full queue loses its oldest alert, with a log line.
  void send(Alert alert);

 private:
  class Transport;

  void work(const std::stop_token& stop);
  void deliver(const std::stop_token& stop, const AlertTargets& targets, const Alert& alert);
  bool pause(const std::stop_token& stop, Duration duration);

  const AlertRetries retries_;
  std::mutex mutex_;
  AlertTargets targets_;  // guarded by mutex_
  std::condition_variable_any changed_;
  std::deque<Alert> queue_;  // guarded by mutex_
  std::unique_ptr<Transport> transport_;
  std::jthread thread_;
};

}  // namespace rollcall::server
