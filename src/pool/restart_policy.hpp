/// When a member's agent may be asked to restart its service.
///
/// A member falls, leaves the answers, and is left alone for a while: what heals by itself needs no
/// restart, and clients still use the answer that they have. Then one more bad probe decides.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "core/instant.hpp"
#include "pool/pool_spec.hpp"

namespace rollcall::pool {

inline constexpr Duration kRestartPause = std::chrono::minutes(5);  // after the first of one member
inline constexpr int kRestartBackOff = 3;  // each further pause is so many times as long
inline constexpr Duration kRestartWindow = std::chrono::hours(1);
inline constexpr std::size_t kRestartsPerWindow = 3;  // what three did not repair, a person must
inline constexpr Duration kLongestRestartDelay = std::chrono::minutes(1);  // where none is given

inline constexpr Duration kBreakerWindow = std::chrono::minutes(10);
inline constexpr std::size_t kBreakerLimit = 3;  // restarts without success in that time
inline constexpr Duration kBreakerTime = std::chrono::hours(1);
/// A restart that helps has helped by then: probes have seen the service again.
inline constexpr Duration kRestartVerdict = std::chrono::minutes(1);

/// From a member's fall to its restart: as the pool says, else until clients have lost the old
/// answer and the member was probed twice more.
/// @param ttl of the pool's records, the longest
constexpr Duration restart_delay(const PoolSpec& pool, Duration ttl) {
  if (pool.restart_delay) return *pool.restart_delay;
  Duration delay = ttl;
  for (const health::CheckSpec& check : pool.checks) delay = std::max(delay, 2 * check.interval);
  return std::min(delay, kLongestRestartDelay);
}

/// The restarts of one member that still count.
class RestartLedger {
 public:
  /// @return when the next restart is allowed, not before `now`
  Instant allowed_from(Instant now) const noexcept {
    Instant from = now;
    if (count_ == 0) return from;
    from = std::max(from, last() + pause(now));
    if (count_ >= kRestartsPerWindow) {
      from = std::max(from, times_[count_ % kRestartsPerWindow] + kRestartWindow);
    }
    return from;
  }

  /// Whether the limit per hour is what forbids the next restart.
  bool is_spent(Instant now) const noexcept {
    return count_ >= kRestartsPerWindow &&
           times_[count_ % kRestartsPerWindow] + kRestartWindow == allowed_from(now);
  }

  /// From the last restart to the next one, where the window allows it.
  Duration pause(Instant now) const noexcept {
    const std::size_t tries = std::min(recent_count(now), kRestartsPerWindow - 1);
    Duration pause = kRestartPause;
    for (std::size_t i = 1; i < tries; ++i) pause *= kRestartBackOff;
    return pause;
  }

  /// The last one has had its time to help.
  bool is_settled(Instant now) const noexcept {
    return count_ == 0 || last() + kRestartPause <= now;
  }

  void note(Instant now) noexcept { times_[count_++ % kRestartsPerWindow] = now; }

  /// Those that count at `now`, the oldest first.
  std::vector<Instant> recent(Instant now) const {
    std::vector<Instant> found;
    for (std::size_t i = count_ - std::min<std::size_t>(count_, kRestartsPerWindow); i < count_;
         ++i) {
      const Instant at = times_[i % kRestartsPerWindow];
      if (at + kRestartWindow > now) found.push_back(at);
    }
    return found;
  }

 private:
  Instant last() const noexcept { return times_[(count_ - 1) % kRestartsPerWindow]; }
  std::size_t recent_count(Instant now) const noexcept {
    const std::size_t kept = std::min<std::size_t>(count_, kRestartsPerWindow);
    return static_cast<std::size_t>(
        std::count_if(times_.begin(), times_.begin() + kept,
                      [now](Instant at) { return at + kRestartWindow > now; }));
  }

  std::array<Instant, kRestartsPerWindow> times_{};  // a ring
  std::uint32_t count_ = 0;                          // ever
};

/// Over all members: restarts that do not help say that something else is wrong, and each takes
/// down what may still have worked.
class RestartBreaker {
 public:
  void asked(Instant now) {
    if (unproven_.size() == kBreakerLimit) unproven_.erase(unproven_.begin());
    unproven_.push_back(now);
  }
  /// A member that was restarted is up again.
  void helped() { unproven_.clear(); }
  /// The one that was asked for at that time has not reached its agent.
  void withdraw(Instant at) {
    const auto found = std::find(unproven_.begin(), unproven_.end(), at);
    if (found != unproven_.end()) unproven_.erase(found);
  }

  /// @return when the next restart may begin: now, or after the verdict on those under way, or at
  /// the end of the stop
  Instant allowed_from(Instant now) const noexcept {
    if (is_stopped(now)) return *until_;
    if (!is_full(now)) return now;
    return std::max(now, unproven_.back() + kRestartVerdict);
  }
  /// Restarts are to be stopped: the last ones have all been without success.
  bool trips(Instant now) const noexcept {
    return !is_stopped(now) && is_full(now) && unproven_.back() + kRestartVerdict <= now;
  }
  void stop(Instant now) {
    until_ = now + kBreakerTime;
    unproven_.clear();
  }
  void end() {
    until_.reset();
    unproven_.clear();
  }
  bool is_stopped(Instant now) const noexcept { return until_ && now < *until_; }
  std::optional<Instant> until() const noexcept { return until_; }

 private:
  bool is_full(Instant now) const noexcept {
    return unproven_.size() == kBreakerLimit && unproven_.front() + kBreakerWindow > now;
  }

  std::vector<Instant> unproven_;  // the newest last; at most kBreakerLimit
  std::optional<Instant> until_;
};

}  // namespace rollcall::pool
