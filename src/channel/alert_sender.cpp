#include "channel/alert_sender.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>

#include "io/clock.hpp"
#include "io/random.hpp"
#include "pool/saved_state.hpp"

namespace rollcall::channel {
namespace {

/// A write that failed is tried again, so that a full disk is no lasting loss.
constexpr Duration kAlertWriteRetry = std::chrono::seconds(5);
/// How often the file of open problems is written although nothing has changed.
constexpr Duration kAlertTouch = std::chrono::minutes(1);

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
      mail_(lane("mail", retries, send_mail)),
      hook_(lane("webhook", retries, send_hook)),
      exec_(lane("exec", retries, send_exec)) {
  set_rules();
  keeper_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

AlertSender::~AlertSender() {
  test_.reset();
  mail_->end();
  hook_->end();
  exec_->end();
  keeper_.request_stop();
  keeper_.join();
}

std::unique_ptr<AlertLane> AlertSender::lane(const char* name, const AlertRetries& retries,
                                             Send way) {
  return std::make_unique<AlertLane>(
      name, retries,
      [this, way](AlertTransport& transport, const alert::Batch& batch) {
        return way(targets(), transport, batch);
      },
      [this] { changed(); }, [this] { return new_id(); });
}

std::string AlertSender::new_id() {
  return fmt::format("{}-{}", run_id_, ++made_);
}

AlertTargets AlertSender::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void AlertSender::set_rules() {
  const AlertTargets now = targets();
  const auto set = [&](AlertLane& lane, const auto& target) {
    if (!target) return lane.set(std::nullopt);
    lane.set(alert::DigestRules{
        .batch = now.batch, .max_per_hour = target->max_per_hour, .remind = now.remind});
  };
  set(*mail_, now.mail);
  set(*hook_, now.hook);
  set(*exec_, now.exec);
}

void AlertSender::retarget(AlertTargets targets) {
  {
    const std::lock_guard lock(mutex_);
    targets_ = std::move(targets);
  }
  set_rules();
}

void AlertSender::send(const alert::Told& told) {
  mail_->add(told);
  hook_->add(told);
  exec_->add(told);
}

bool AlertSender::test(AlertTest::Done done) {
  if (test_ && !test_->is_done()) return false;
  test_.reset();
  test_ = std::make_unique<AlertTest>(targets(), new_id(), io::wall_now(), std::move(done));
  return true;
}

void AlertSender::changed() {
  {
    const std::lock_guard lock(mutex_);
    unsaved_ = true;
  }
  changed_.notify_one();
}

/// The keeper's thread: keeps the file equal to what waits.
void AlertSender::keep(const std::stop_token& stop) {
  if (!file_) return;
  take_saved();
  std::unique_lock lock(mutex_);
  for (;;) {
    // While problems are open, the file says how old it is: see take_saved().
    if (!changed_.wait_for(lock, stop, kAlertTouch, [this] { return unsaved_; })) {
      unsaved_ = unsaved_ || has_open_;
      if (!unsaved_ && !stop.stop_requested()) continue;
    }
    changed_.wait_for(lock, stop, failing_ ? kAlertWriteRetry : kAlertKeepDelay,
                      [] { return false; });
    const bool due = std::exchange(unsaved_, false);
    const bool last = stop.stop_requested();
    lock.unlock();
    if (due) save();
    if (last) return;
    lock.lock();
    if (failing_) unsaved_ = true;
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
  // The roster forgets at that age which members were down: nothing would tell that they are up.
  const bool forgotten = io::wall_now() - saved.at > pool::kSavedHealthLifetime;
  for (AlertLane* lane : {mail_.get(), hook_.get(), exec_.get()}) {
    const auto its = saved.lanes.find(lane->name());
    if (its == saved.lanes.end()) continue;
    if (forgotten) its->second.history.open.clear();
    if (!its->second.empty()) lane->restore(std::move(its->second));
  }
  changed();
}

void AlertSender::save() {
  alert::SavedAlerts waiting;
  bool any = false;
  has_open_ = false;
  waiting.at = io::wall_now();
  for (const AlertLane* lane : {mail_.get(), hook_.get(), exec_.get()}) {
    alert::SavedLane its = lane->waiting();
    any = any || !its.empty();
    has_open_ = has_open_ || !its.history.open.empty();
    waiting.lanes[lane->name()] = std::move(its);
  }
  if (!any && !kept_) {
    failing_ = false;
    return;
  }
  const Result<void> saved = any ? file_->replace(alert::format_alerts(waiting)) : file_->remove();
  if (!saved && !failing_) {
    spdlog::error("{}: {}", saved.error().message,
                  any ? "waiting alerts will not survive a restart"
                      : "the next start will send these alerts again");
  }
  failing_ = !saved;
  kept_ = any || failing_;
}

}  // namespace rollcall::channel
