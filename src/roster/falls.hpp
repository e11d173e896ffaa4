/// Members that turned down lately: the isolation guard counts these falls, and takes them back
/// where our own network may be at fault. Pure values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/instant.hpp"
#include "core/strong_id.hpp"
#include "pool/kinds.hpp"
#include "roster/returns.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

/// The state of a member before it turned down.
struct BeforeFall {
  bool counts = true;  // its probes decide what is answered
  State judged = State::unknown;
  Past past;
};

/// Kept apart from the members: of a hundred thousand, only a few fall within seconds.
class Falls {
 public:
  /// Of the fall of one member; never 0.
  using FallId = StrongId<struct FallIdTag>;

  /// @param now for falls from up, never before an earlier one
  FallId add(Instant now, const BeforeFall& before) {
    const FallId id{++last_id_};
    before_.emplace(std::pair(now, id), before);
    if (!before.counts) return id;
    ++counted_;
    if (before.judged == State::up) times_.push_back(now);
    last_ = std::max(last_, now);
    return id;
  }
  /// The state before the fall at `fell`; null where that was too long ago.
  const BeforeFall* find(Instant fell, FallId id) const {
    const auto found = before_.find({fell, id});
    return found == before_.end() ? nullptr : &found->second;
  }
  BeforeFall* find(Instant fell, FallId id) {
    const auto found = before_.find({fell, id});
    return found == before_.end() ? nullptr : &found->second;
  }
  /// An operator has taken over: the fall no longer counts.
  void discount(Instant fell, FallId id) {
    BeforeFall* before = find(fell, id);
    if (before == nullptr || !std::exchange(before->counts, false)) return;
    --counted_;
    if (before->judged != State::up) return;
    const auto time = std::ranges::lower_bound(times_, fell);
    if (time != times_.end() && *time == fell) times_.erase(time);
  }
  /// The member is up again.
  void forget(Instant fell, FallId id) {
    discount(fell, id);
    before_.erase({fell, id});
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
  /// Whether a recent fall counts.
  bool any() const noexcept { return counted_ != 0; }
  /// When the last fall that counts happened, if there was one.
  Instant last() const noexcept { return last_; }
  void clear() {
    times_.clear();
    before_.clear();
    counted_ = 0;
  }

 private:
  std::deque<Instant> times_;  // of falls from up
  std::map<std::pair<Instant, FallId>, BeforeFall> before_;
  std::size_t counted_ = 0;  // of before_
  Instant last_{};
  std::uint32_t last_id_ = 0;
};

}  // namespace rollcall::roster
