/// Who turned down lately: what the isolation guard counts, and what it takes back where it may
/// have been us. Pure values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/instant.hpp"
#include "roster/flapping.hpp"
#include "roster/status.hpp"

namespace rollcall::roster {

/// What stood of a member before it turned down.
struct BeforeFall {
  bool counts = true;  // no operator and no observing stands between its probes and the answers
  Health health = Health::unknown;
  bool served = true;
  FlapPenalty flaps;
  std::optional<Instant> damped_until, waits_until, ramps_from;
};

/// Kept apart from the members: of a hundred thousand few fall within any few seconds.
class Falls {
 public:
  /// A member, by the first of its runs.
  using Faller = std::uint32_t;

  /// @param now of those from up not before an earlier one's
  void add(Instant now, Faller who, const BeforeFall& before) {
    before_.emplace(std::pair(now, who), before);
    if (!before.counts) return;
    ++counted_;
    if (before.health == Health::up) times_.push_back(now);
    last_ = std::max(last_, now);
  }
  /// Of one that fell at `fell`; null where that was too long ago.
  BeforeFall* find(Instant fell, Faller who) {
    const auto found = before_.find({fell, who});
    return found == before_.end() ? nullptr : &found->second;
  }
  /// An operator has it in hand: it counts no longer.
  void discount(Instant fell, Faller who) {
    BeforeFall* before = find(fell, who);
    if (before == nullptr || !std::exchange(before->counts, false)) return;
    --counted_;
    if (before->health != Health::up) return;
    const auto time = std::ranges::lower_bound(times_, fell);
    if (time != times_.end() && *time == fell) times_.erase(time);
  }
  /// Its runs are others now.
  void rename(Instant fell, Faller who, Faller now) {
    auto node = before_.extract({fell, who});
    if (!node) return;
    node.key().second = now;
    before_.insert(std::move(node));
  }
  /// It is up again.
  void forget(Instant fell, Faller who) {
    discount(fell, who);
    before_.erase({fell, who});
  }
  /// @return how many fell from up within the last `window`
  std::size_t within(Duration window, Instant now) {
    while (!times_.empty() && times_.front() + window <= now) times_.pop_front();
    return times_.size();
  }
  /// Forgets what stood before the falls that are older than `time`.
  void keep_for(Duration time, Instant now) {
    while (!before_.empty() && before_.begin()->first.first + time <= now) {
      counted_ -= before_.begin()->second.counts ? 1 : 0;
      before_.erase(before_.begin());
    }
  }
  /// Whether one of those counts.
  bool any() const noexcept { return counted_ != 0; }
  /// When the last that counts fell, if one did.
  Instant last() const noexcept { return last_; }
  void clear() {
    times_.clear();
    before_.clear();
    counted_ = 0;
  }

 private:
  std::deque<Instant> times_;  // of those from up
  std::map<std::pair<Instant, Faller>, BeforeFall> before_;
  std::size_t counted_ = 0;  // of before_
  Instant last_{};
};

}  // namespace rollcall::roster
