/// The verdict machine: when consecutive probes turn a member up or down.
#pragma once

#include <cstdint>

namespace rollcall::health {

enum class State : std::uint8_t { unknown, up, down };

/// One integer carries both verdict and doubt: 0..rise-1 is down, rise..rise+fall-1 is up. A good
/// probe counts up while down and jumps to the top while up; a bad one counts down while up and
/// falls to 0 while down. At either end nothing is in doubt.
///
/// Before the first probe the state is unknown, and that probe decides alone: a starting server
/// must not hand out a dead address for `fall` intervals, nor withhold a living one.
class Verdict {
 public:
  /// @param rise, fall at least 1
  constexpr Verdict(std::uint16_t rise, std::uint16_t fall) noexcept : rise_(rise), fall_(fall) {}

  /// @return true where the state changed
  constexpr bool apply(bool good) noexcept {
    const State before = state();
    bad_run_ = good ? std::uint16_t{0} : static_cast<std::uint16_t>(bad_run_ + (bad_run_ < 0xffff));
    if (!known_) {
      force(good);
    } else if (good) {
      score_ = score_ + 1 < rise_ ? score_ + 1 : top();
    } else {
      score_ = score_ > rise_ ? score_ - 1 : 0;
    }
    return state() != before;
  }

  /// Takes over a state from elsewhere (saved health), without doubt.
  constexpr void force(bool up) noexcept {
    known_ = true;
    score_ = up ? top() : 0;
  }

  /// Keeps the state; doubt stays as far as the new limits allow.
  constexpr void set_limits(std::uint16_t rise, std::uint16_t fall) noexcept {
    const State before = state();
    const std::uint32_t below_top = top() - score_;
    rise_ = rise;
    fall_ = fall;
    if (before == State::up) {
      score_ = below_top < fall_ ? top() - below_top : rise_;
    } else if (score_ >= rise_) {
      score_ = rise_ - 1U;
    }
  }

  /// A single bad probe that decides.
  constexpr void fall_at_once() noexcept {
    force(false);
    if (bad_run_ < fall_) bad_run_ = fall_;
  }

  constexpr State state() const noexcept {
    if (!known_) return State::unknown;
    return score_ >= rise_ ? State::up : State::down;
  }
  constexpr bool in_doubt() const noexcept { return !known_ || (score_ != 0 && score_ != top()); }
  /// Bad probes since the last good one.
  constexpr std::uint16_t bad_run() const noexcept { return bad_run_; }
  /// True from the `fall`-th bad probe in a row on, however the state was reached.
  constexpr bool fallen() const noexcept { return bad_run_ >= fall_; }

 private:
  constexpr std::uint32_t top() const noexcept { return rise_ + fall_ - 1U; }

  std::uint16_t rise_;
  std::uint16_t fall_;
  std::uint32_t score_ = 0;
  std::uint16_t bad_run_ = 0;
  bool known_ = false;
};

}  // namespace rollcall::health
