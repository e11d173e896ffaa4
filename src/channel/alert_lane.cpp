#include "channel/alert_lane.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/counted.hpp"
#include "io/clock.hpp"

namespace rollcall::channel {
namespace {

/// "www.example.com: 192.0.2.3 is down: connection refused (and 2 more)"
std::string content_of(const alert::Batch& batch) {
  if (batch.told.empty()) return counted(alert::count_of(batch), "alert", "alerts");
  const std::size_t more = alert::count_of(batch) - 1;
  return batch.told.front().line + (more == 0 ? "" : fmt::format(" (and {} more)", more));
}

}  // namespace

AlertLane::AlertLane(std::string name, AlertRetries retries, Try attempt, Changed changed,
                     MakeId make_id)
    : name_(std::move(name)),
      retries_(std::move(retries)),
      attempt_(std::move(attempt)),
      tell_(std::move(changed)),
      make_id_(std::move(make_id)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

AlertLane::~AlertLane() {
  end();
}

void AlertLane::end() {
  thread_.request_stop();
  transport_.end();
  if (thread_.joinable()) thread_.join();
}

void AlertLane::set(const std::optional<alert::DigestRules>& rules) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = rules.has_value();
    if (rules) {
      digest_.set(*rules);
    } else {
      digest_.clear();
    }
    try_now_ = true;
  }
  wake_.notify_one();
  tell_();
}

void AlertLane::add(const alert::Told& told) {
  {
    const std::lock_guard lock(mutex_);
    if (!wanted_) return;
    digest_.add(told, io::monotonic_now());
  }
  wake_.notify_one();
  tell_();
}

void AlertLane::restore(alert::SavedLane saved) {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_) digest_.restore(saved.history, io::monotonic_now(), io::wall_now());
    if (!saved.waits()) return;
    const std::size_t count =
        saved.pending.size() + (saved.front ? count_of(*saved.front) : 0) + saved.missed.count;
    spdlog::info("alerts of the last run waiting for the {}: {}{}", name_, count,
                 wanted_ ? "" : "; dropped: not configured");
    if (!wanted_) return;
    const Instant now = io::monotonic_now();
    digest_.restore(std::move(saved.pending), saved.more, saved.missed, now);
    if (saved.front && !front_) front_ = std::move(saved.front);
  }
  wake_.notify_one();
}

alert::SavedLane AlertLane::waiting() const {
  const std::lock_guard lock(mutex_);
  return {front_, digest_.pending(), digest_.more(), digest_.missed(),
          digest_.history(io::monotonic_now(), io::wall_now())};
}

void AlertLane::work(const std::stop_token& stop) {
  while (next(stop)) {
    const Instant began = io::monotonic_now();
    const AlertTry tried = attempt(*front_);
    if (tried.end == AlertTry::End::ended) return;
    if (tried.end == AlertTry::End::sent) {
      finish(tried);
      continue;
    }
    spdlog::warn("{}: {}{}{}", name_, tried.why, tried.answer.empty() ? "" : ": ", tried.answer);
    if (tried.end == AlertTry::End::refused && ++refusals_ >= kAlertRefusals) {
      give_up(true);
      continue;
    }
    if (front_->tried >= retries_.lifetime) {
      give_up(false);
      continue;
    }
    pause(stop);
    {
      const std::lock_guard lock(mutex_);
      front_->tried += io::monotonic_now() - began;
    }
    tell_();
  }
}

/// Waits until there is a batch, which stays in front_ until it is delivered or given up.
bool AlertLane::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (front_ && wanted_) {
      try_now_ = false;
      return true;
    }
    if (front_) {
      front_.reset();
      lock.unlock();
      tell_();
      lock.lock();
      continue;
    }
    const std::optional<Instant> due = digest_.due();
    const Instant now = io::monotonic_now();
    if (due && *due <= now) {
      front_ = digest_.take(now);
      front_->id = make_id_();
      front_->at = io::wall_now();
      try_now_ = false;
      lock.unlock();
      tell_();
      return true;
    }
    const auto changed = [&] { return front_.has_value() || digest_.due() != due; };
    if (due) {
      wake_.wait_for(lock, stop, *due - now, changed);
    } else {
      wake_.wait(lock, stop, changed);
    }
  }
  return false;
}

AlertTry AlertLane::attempt(const alert::Batch& batch) {
  try {
    return attempt_(transport_, batch);
  } catch (const std::exception& error) {  // no memory for a large message
    return {AlertTry::End::failed, error.what(), {}};
  }
}

void AlertLane::finish(const AlertTry& tried) {
  spdlog::debug("{} sent: {}: {}", name_, content_of(*front_), tried.answer);
  failures_ = refusals_ = 0;
  {
    const std::lock_guard lock(mutex_);
    front_.reset();
  }
  tell_();
}

/// The next message tells of it; a message of its own does where a day was not enough.
void AlertLane::give_up(bool for_good) {
  spdlog::error("alert {}: {}",
                for_good ? fmt::format("refused by the {}", name_)
                         : fmt::format("not delivered by {} in {}", name_,
                                       format_duration(retries_.lifetime)),
                content_of(*front_));
  refusals_ = 0;
  {
    const std::lock_guard lock(mutex_);
    alert::Missed missed;
    alert::add_missed(missed, *front_, !for_good);
    digest_.add(missed, io::monotonic_now());
    front_.reset();
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
