#include "channel/alert_sender.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>

#include "alert/mail_message.hpp"
#include "io/clock.hpp"
#include "io/random.hpp"

namespace rollcall::channel {
namespace {

std::string to_hex(std::span<const std::uint8_t> octets) {
  std::string text;
  for (const std::uint8_t octet : octets) text += fmt::format("{:02x}", octet);
  return text;
}

}  // namespace

AlertSender::AlertSender(AlertTargets targets, const AlertRetries& retries,
                         std::optional<AlertFile> file)
    : targets_(std::move(targets)),
      file_(std::move(file)),
      run_id_(to_hex(io::need_random<std::array<std::uint8_t, 16>>())),
      mail_(
          "mail", retries,
          [this](AlertTransport& transport, const alert::Alert& alert) {
            return mail(transport, alert);
          },
          [this] { changed(); }),
      hook_(
          "webhook", retries,
          [this](AlertTransport& transport, const alert::Alert& alert) -> AlertTry {
            const AlertTargets now = this->targets();
            return now.have_webhook() ? transport.post(now.webhook, alert.json) : AlertTry{};
          },
          [this] { changed(); }),
      keeper_([this](const std::stop_token& stop) { keep(stop); }) {}

AlertSender::~AlertSender() {
  mail_.end();
  hook_.end();
  keeper_.request_stop();
  keeper_.join();
}

AlertTargets AlertSender::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void AlertSender::retarget(AlertTargets targets) {
  {
    const std::lock_guard lock(mutex_);
    targets_ = std::move(targets);
  }
  mail_.try_now();
  hook_.try_now();
}

void AlertSender::send(alert::Alert alert) {
  const AlertTargets now = targets();
  alert.at = io::wall_now();
  alert.id = fmt::format("{}-{}", run_id_, ++sent_);
  if (now.have_mail()) mail_.add(alert);
  if (now.have_webhook()) hook_.add(std::move(alert));
}

/// If mail is no longer configured, the alert counts as sent.
AlertTry AlertSender::mail(AlertTransport& transport, const alert::Alert& alert) const {
  const AlertTargets now = targets();
  if (!now.have_mail()) return {};
  // RFC 5322 section 3.6.4: the Message-ID is unique for ever.
  const std::string message = alert::mail_message(
      {.from = now.from,
       .to = now.to,
       .subject = alert.subject,
       .body = alert.body,
       .date = std::chrono::floor<std::chrono::seconds>(alert.at),
       .message_id = fmt::format("{}@{}", alert.id, alert::mail_domain(now.from))});
  return transport.mail(now.smtp, now.from, now.to, message);
}

void AlertSender::changed() {
  {
    const std::lock_guard lock(mutex_);
    unsaved_ = true;
  }
  changed_.notify_one();
}

/// The keeper's thread: keeps the file equal to the alerts that have waited longer than
/// kAlertKeepDelay, and at the end to all that wait.
void AlertSender::keep(const std::stop_token& stop) {
  if (!file_) return;
  take_saved();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [this] { return unsaved_; });
    changed_.wait_for(lock, stop, kAlertKeepDelay, [] { return false; });
    const bool due = std::exchange(unsaved_, false);
    const bool last = stop.stop_requested();
    lock.unlock();
    if (due) save();
    if (last) return;
    lock.lock();
  }
}

void AlertSender::take_saved() {
  const Result<std::optional<std::string>> text = file_->read();
  if (text && !*text) return;
  kept_ = true;
  if (!text) {
    return spdlog::error("{}: {}; the alerts of the last run are lost", file_->path,
                         text.error().message);
  }
  alert::SavedAlerts saved = alert::parse_alerts(**text);
  if (saved.damaged > 0) {
    spdlog::error("{}: damaged lines: {}; their alerts are lost", file_->path, saved.damaged);
  }
  const AlertTargets now = targets();
  const auto take = [](std::vector<alert::Alert>& alerts, AlertLane& lane, bool wanted,
                       std::string_view way) {
    if (alerts.empty()) return;
    spdlog::info("alerts of the last run waiting for the {}: {}{}", way, alerts.size(),
                 wanted ? "" : "; dropped: not configured");
    if (!wanted) return;
    for (alert::Alert& alert : alerts) lane.add(std::move(alert));
  };
  take(saved.mail, mail_, now.have_mail(), "mail");
  take(saved.hook, hook_, now.have_webhook(), "webhook");
  changed();
}

void AlertSender::save() {
  const alert::SavedAlerts waiting{.mail = mail_.waiting(), .hook = hook_.waiting()};
  if (waiting.mail.empty() && waiting.hook.empty()) {
    if (!std::exchange(kept_, false)) return;
    if (const auto removed = file_->remove(); !removed) {
      spdlog::error("{}: the next start will send these alerts again", removed.error().message);
    }
    return;
  }
  kept_ = true;
  if (const auto saved = file_->replace(alert::format_alerts(waiting)); !saved) {
    spdlog::error("{}: waiting alerts will not survive a restart", saved.error().message);
  }
}

}  // namespace rollcall::channel
