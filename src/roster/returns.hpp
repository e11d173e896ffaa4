/// An owner of the pipeline: members that return. Some are kept back, for their flaps or by their
/// pool's failback, although they are up; the share of some still grows.
///
/// Takes judged health. Limitation: a restart of the server forgets flap penalties.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "roll/member_view.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

inline constexpr Instant kForEver = Instant::max();

inline constexpr double kFlapPenalty = 1000;  // of one fall
// Above this a member is kept back when it returns: its third fall within about four minutes.
inline constexpr double kDampAbove = 2500;
inline constexpr double kReuseBelow = 750;  // less than one fall: one more is not damped
inline constexpr Duration kFlapHalfLife = std::chrono::minutes(5);
// However often a member falls, it is kept back for at most three half-lives after its last fall.
inline constexpr double kMaxPenalty = 8 * kReuseBelow;

/// Flap damping: a penalty for each fall that decays with time, as for BGP routes.
class FlapPenalty {
 public:
  /// @param now not before the last fall
  double at(Instant now) const noexcept {
    const auto past = std::chrono::duration<double>(now - noted_) / kFlapHalfLife;
    return value_ * std::exp2(-past);
  }
  bool operator==(const FlapPenalty&) const = default;
  void fall(Instant now) noexcept { set(at(now) + kFlapPenalty, now); }
  void clear() noexcept { value_ = 0; }

  bool damps(Instant now) const noexcept { return at(now) > kDampAbove; }
  /// When the penalty has decayed to kReuseBelow; a past time where it is below.
  Instant reuse_at() const noexcept {
    if (value_ <= kReuseBelow) return noted_;
    return noted_ +
           std::chrono::duration_cast<Duration>(std::chrono::duration<double>(kFlapHalfLife) *
                                                std::log2(value_ / kReuseBelow));
  }

 private:
  void set(double value, Instant now) noexcept {
    value_ = std::clamp(value, 0.0, kMaxPenalty);
    noted_ = now;
  }

  double value_ = 0;
  Instant noted_{};
};

/// What counts of a member's past. Taking back a fall restores it.
struct Past {
  FlapPenalty flaps;
  std::optional<Instant> damped_until;  // it fell too often
  std::optional<Instant> waits_until;   // its pool's failback; kForEver: for an operator
  std::optional<Instant> ramps_from;    // its share grows from then on
  bool was_counted = true;              // when shares were last looked at

  bool keeps_back() const noexcept { return damped_until || waits_until; }
  bool operator==(const Past&) const = default;
};

class Returns {
 public:
  Returns(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  const Past& past(MemberRef ref) const { return rows_[ref]; }
  void restore(MemberRef ref, const Past& past) { rows_[ref] = past; }

  /// The judged health of a member has changed.
  void judged(MemberRef ref, State before, State now);
  /// Keeps a member back as its pool's failback says.
  void wait_for_failback(MemberRef ref, Instant returned);
  /// Releases the members of a pool that are due.
  /// @return true where a member is kept back no longer
  bool release_due(PoolIndex pool, const MemberViews& views);
  /// An operator says `auto`: the member's past is forgiven.
  /// @return true where it was kept back
  bool forgive(MemberRef ref);

  /// Members that count again begin with a small share, which grows from then on.
  void note_counted(PoolIndex pool, const MemberViews& views);
  /// In units of kWholeShare to a weight of 1.
  /// @param percent of its weight that it asks for
  unsigned share(MemberRef ref, std::uint8_t percent) const;

  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  /// A member that stays, in a pool whose policy was `former`.
  /// @param since when its health began
  void renew(MemberRef ref, const PoolSpec& former, Instant since);
  void forget(PoolIndex pool);

 private:
  Step& step_;
  const Roll& roll_;
  PerMember<Past> rows_;
  PerPool<std::optional<Instant>> ramp_steps_;  // when growing shares are looked at next
};

}  // namespace rollcall::roster
