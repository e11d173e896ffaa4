/// Properties: the verdict machine agrees with a model that remembers every probe.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "health/verdict.hpp"

namespace rollcall::health {
namespace {

/// The rule as docs/health.md has it: `fall` bad probes in a row turn a member down, `rise` good
/// ones turn it up, the very first probe decides alone.
class VerdictModel {
 public:
  VerdictModel(std::size_t rise, std::size_t fall) : rise_(rise), fall_(fall) {}

  void apply(bool good) {
    probes_.push_back(good);
    if (probes_.size() == 1) {
      state_ = good ? State::up : State::down;
    } else if (state_ == State::up && last_are(fall_, false)) {
      state_ = State::down;
    } else if (state_ == State::down && last_are(rise_, true)) {
      state_ = State::up;
    }
  }

  State state() const { return state_; }
  /// The last probe contradicts the state.
  bool in_doubt() const {
    return state_ == State::unknown || probes_.back() != (state_ == State::up);
  }
  std::size_t bad_run() const {
    const auto good = std::find(probes_.rbegin(), probes_.rend(), true);
    return static_cast<std::size_t>(good - probes_.rbegin());
  }

 private:
  bool last_are(std::size_t count, bool good) const {
    return probes_.size() >= count &&
           std::all_of(probes_.end() - static_cast<std::ptrdiff_t>(count), probes_.end(),
                       [good](bool probe) { return probe == good; });
  }

  std::size_t rise_, fall_;
  std::vector<bool> probes_;
  State state_ = State::unknown;
};

RC_GTEST_PROP(VerdictModel, TheMachineSaysWhatTheModelSays, ()) {
  const auto rise = *rc::gen::inRange<std::uint16_t>(1, 6);
  const auto fall = *rc::gen::inRange<std::uint16_t>(1, 6);
  Verdict verdict(rise, fall);
  VerdictModel model(rise, fall);
  for (const bool good : *rc::gen::arbitrary<std::vector<bool>>()) {
    const State before = verdict.state();
    const bool changed = verdict.apply(good);
    model.apply(good);
    RC_ASSERT(verdict.state() == model.state());
    RC_ASSERT(changed == (before != verdict.state()));
    RC_ASSERT(verdict.in_doubt() == model.in_doubt());
    RC_ASSERT(verdict.bad_run() == model.bad_run());
    RC_ASSERT(verdict.fallen() == (model.bad_run() >= fall));
  }
}

RC_GTEST_PROP(VerdictModel, NewLimitsKeepTheState, ()) {
  const auto limit = rc::gen::inRange<std::uint16_t>(1, 6);
  Verdict verdict(*limit, *limit);
  for (const bool good : *rc::gen::arbitrary<std::vector<bool>>()) verdict.apply(good);
  const State before = verdict.state();
  const auto rise = *limit, fall = *limit;
  verdict.set_limits(rise, fall);
  RC_ASSERT(verdict.state() == before);
  // From there on, a whole run of either kind decides.
  const bool good = *rc::gen::arbitrary<bool>();
  for (unsigned i = 0; i < (good ? rise : fall); ++i) verdict.apply(good);
  RC_ASSERT(verdict.state() == (good ? State::up : State::down));
}

}  // namespace
}  // namespace rollcall::health
