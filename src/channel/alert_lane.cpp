#include "channel/alert_lane.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "io/clock.hpp"

namespace rollcall::channel {
namespace {

std::size_t size_of(const alert::Alert& alert) {
  return alert.subject.size() + alert.body.size() + alert.json.size();
}

}  // namespace

AlertLane::AlertLane(std::string name, AlertRetries retries, Try attempt,
                     std::function<void()> changed)
    : name_(std::move(name)),
      retries_(std::move(retries)),
      attempt_(std::move(attempt)),
      tell_(std::move(changed)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

AlertLane::~AlertLane() {
  end();
}

void AlertLane::end() {
  thread_.request_stop();
  transport_.end();
  if (thread_.joinable()) thread_.join();
}

void AlertLane::add(alert::Alert alert) {
  std::vector<alert::Alert> lost;
  {
    const std::lock_guard lock(mutex_);
    octets_ += size_of(alert);
    queue_.push_back(std::move(alert));
    make_room(lost);
  }
  wake_.notify_one();
  for (const alert::Alert& gone : lost) {
    spdlog::error("alert lost: too many are waiting for the {}: {}", name_, gone.subject);
  }
  tell_();
}

/// Keeps the front, which is being sent, and the newest.
void AlertLane::make_room(std::vector<alert::Alert>& lost) {
  while (queue_.size() > 2 && (queue_.size() > kAlertQueueLimit || octets_ > kAlertQueueOctets)) {
    const auto first = queue_.begin() + 1;
    const auto last = queue_.end() - 1;
    auto goes =
        std::find_if(first, last, [](const alert::Alert& alert) { return !alert.important; });
    if (goes == last) goes = first;
    octets_ -= size_of(*goes);
    lost.push_back(std::move(*goes));
    queue_.erase(goes);
  }
}

void AlertLane::try_now() {
  {
    const std::lock_guard lock(mutex_);
    try_now_ = true;
  }
  wake_.notify_one();
}

std::vector<alert::Alert> AlertLane::waiting() const {
  const std::lock_guard lock(mutex_);
  return {queue_.begin(), queue_.end()};
}

void AlertLane::work(const std::stop_token& stop) {
  while (const std::optional<alert::Alert> alert = next(stop)) {
    if (io::wall_now() - alert->at > kAlertLifetime) {
      spdlog::error("alert not sent by {} in {}: {}", name_, format_duration(kAlertLifetime),
                    alert->subject);
      finish();
      continue;
    }
    const AlertTry tried = attempt_(transport_, *alert);
    if (tried.end == AlertTry::End::ended) return;
    if (!tried.why.empty()) spdlog::warn("{}: {}", name_, tried.why);
    if (tried.end == AlertTry::End::refused && ++refusals_ >= kAlertRefusals) {
      spdlog::error("alert refused by the {}: {}", name_, alert->subject);
      finish();
    } else if (tried.end == AlertTry::End::sent) {
      finish();
    } else {
      pause(stop);
    }
  }
}

/// Waits for the front of the queue, which stays there until finish().
std::optional<alert::Alert> AlertLane::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, stop, [this] { return !queue_.empty(); });
  if (stop.stop_requested()) return std::nullopt;
  return queue_.front();
}

/// Removes the front: it was sent or is given up.
void AlertLane::finish() {
  failures_ = 0;
  refusals_ = 0;
  {
    const std::lock_guard lock(mutex_);
    octets_ -= size_of(queue_.front());
    queue_.pop_front();
  }
  tell_();
}

void AlertLane::pause(const std::stop_token& stop) {
  const std::size_t last = retries_.pauses.size() - 1;
  const Duration duration = retries_.pauses[std::min<std::size_t>(failures_++, last)];
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop, duration, [this] { return try_now_; });
  try_now_ = false;
}

}  // namespace rollcall::channel
