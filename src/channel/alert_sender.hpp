/// Sends alerts: by mail, webhook and a program, each on a lane of its own, so that none waits for
/// the other. What is not delivered is kept in a file of state_dir; the next start sends it.
///
/// A crash loses what came in the last kAlertKeepDelay before it. A message that was delivered just
/// before a crash is sent again, under the same id: a mail has it in its Message-ID, a webhook and
/// a program get it as "id", and Alertmanager and PagerDuty know the alert by its labels or key.
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
#include "channel/alert_targets.hpp"
#include "channel/alert_test.hpp"
#include "core/result.hpp"

namespace rollcall::channel {

/// How long the file waits for more changes before it is written.
inline constexpr Duration kAlertKeepDelay = std::chrono::milliseconds(50);

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
  void send(const alert::Told& told);

  /// Sends a message to each channel. One test at a time.
  /// @param done called once, on another thread, unless this object ends before
  /// @return false where a test is under way
  bool test(AlertTest::Done done);

 private:
  using Send = AlertTry (*)(const AlertTargets&, AlertTransport&, const alert::Batch&);

  AlertTargets targets() const;
  std::unique_ptr<AlertLane> lane(const char* name, const AlertRetries& retries, Send way);
  std::string new_id();
  void set_rules();
  void take_saved();
  void keep(const std::stop_token& stop);
  void save();
  void changed();

  mutable std::mutex mutex_;
  AlertTargets targets_;  // guarded by mutex_
  bool unsaved_ = false;  // guarded by mutex_: what waits differs from the file
  std::condition_variable_any changed_;
  const std::optional<AlertFile> file_;
  const std::string run_id_;             // 128 random bits in hexadecimal
  std::atomic<std::uint64_t> made_ = 0;  // makes an id of run_id_
  bool kept_ = false;                    // the keeper's own: the file holds alerts
  bool has_open_ = false;                // the keeper's own: the file holds open problems
  bool failing_ = false;                 // the keeper's own: the file cannot be written
  std::unique_ptr<AlertLane> mail_;
  std::unique_ptr<AlertLane> hook_;
  std::unique_ptr<AlertLane> exec_;
  std::unique_ptr<AlertTest> test_;
  std::jthread keeper_;
};

}  // namespace rollcall::channel
