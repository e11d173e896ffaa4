#include "health/verdict.hpp"

#include <gtest/gtest.h>

#include "core/random.hpp"

namespace rollcall::health {
namespace {

TEST(Verdict, IsUnknownAndInDoubtBeforeTheFirstProbe) {
  const Verdict verdict(2, 3);
  EXPECT_EQ(verdict.state(), State::unknown);
  EXPECT_TRUE(verdict.in_doubt());
}

TEST(Verdict, TheFirstProbeDecidesAlone) {
  Verdict good(2, 3);
  EXPECT_TRUE(good.apply(true));
  EXPECT_EQ(good.state(), State::up);
  EXPECT_FALSE(good.in_doubt());

  Verdict bad(2, 3);
  EXPECT_TRUE(bad.apply(false));
  EXPECT_EQ(bad.state(), State::down);
  EXPECT_FALSE(bad.in_doubt());
}

TEST(Verdict, FallsOnTheFallthBadProbeInARow) {
  Verdict verdict(2, 3);
  verdict.apply(true);
  EXPECT_FALSE(verdict.apply(false));
  EXPECT_TRUE(verdict.in_doubt());
  EXPECT_FALSE(verdict.apply(false));
  EXPECT_TRUE(verdict.apply(false));
  EXPECT_EQ(verdict.state(), State::down);
}

TEST(Verdict, AGoodProbeBetweenStartsTheFallAnew) {
  Verdict verdict(2, 3);
  verdict.apply(true);
  verdict.apply(false);
  verdict.apply(false);
  verdict.apply(true);
  EXPECT_FALSE(verdict.in_doubt());
  verdict.apply(false);
  verdict.apply(false);
  EXPECT_EQ(verdict.state(), State::up);
}

TEST(Verdict, RisesOnTheRisethGoodProbeInARow) {
  Verdict verdict(2, 3);
  verdict.apply(false);
  EXPECT_FALSE(verdict.apply(true));
  EXPECT_TRUE(verdict.in_doubt());
  EXPECT_FALSE(verdict.apply(false));
  EXPECT_FALSE(verdict.in_doubt());
  EXPECT_FALSE(verdict.apply(true));
  EXPECT_TRUE(verdict.apply(true));
  EXPECT_EQ(verdict.state(), State::up);
  EXPECT_FALSE(verdict.in_doubt());
}

TEST(Verdict, HasFallenOnlyAfterFallBadProbesHoweverItWentDown) {
  Verdict verdict(2, 3);
  verdict.apply(false);
  EXPECT_EQ(verdict.state(), State::down);
  EXPECT_FALSE(verdict.fallen());
  verdict.apply(false);
  EXPECT_FALSE(verdict.fallen());
  verdict.apply(false);
  EXPECT_TRUE(verdict.fallen());
  verdict.apply(true);
  EXPECT_FALSE(verdict.fallen());
}

/// What rise and fall say, without the integer: two counters and a state.
struct Model {
  int rise, fall, good = 0, bad = 0;
  State state = State::unknown;

  void apply(bool probe_good) {
    good = probe_good ? good + 1 : 0;
    bad = probe_good ? 0 : bad + 1;
    if (state == State::unknown) state = probe_good ? State::up : State::down;
    if (state == State::down && good >= rise) state = State::up;
    if (state == State::up && bad >= fall) state = State::down;
  }
};

TEST(Verdict, NewLimitsLeaveTheStateAndWhatTheyCanOfTheDoubt) {
  Verdict up(2, 3);
  up.set_limits(3, 5);
  EXPECT_EQ(up.state(), State::unknown);
  up.apply(true);
  up.apply(false);
  up.set_limits(1, 4);
  EXPECT_EQ(up.state(), State::up);
  EXPECT_TRUE(up.in_doubt());
  up.apply(false);
  up.apply(false);
  EXPECT_EQ(up.state(), State::up);
  up.set_limits(1, 1);
  EXPECT_EQ(up.state(), State::up) << "the next bad probe decides";
  up.apply(false);
  EXPECT_EQ(up.state(), State::down);

  Verdict down(4, 1);
  down.apply(false);
  down.apply(true);
  down.apply(true);
  down.set_limits(2, 2);
  EXPECT_EQ(down.state(), State::down);
  down.apply(true);
  EXPECT_EQ(down.state(), State::up);
}

TEST(Verdict, AgreesWithTheModelOnRandomProbes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const auto rise = static_cast<std::uint16_t>(1 + random.below(5));
    const auto fall = static_cast<std::uint16_t>(1 + random.below(5));
    Verdict verdict(rise, fall);
    Model model{rise, fall};
    for (int i = 0; i < 200; ++i) {
      const bool good = random.below(2) == 0;
      const State before = verdict.state();
      const bool changed = verdict.apply(good);
      model.apply(good);
      ASSERT_EQ(verdict.state(), model.state) << "seed " << seed << " probe " << i;
      ASSERT_EQ(changed, verdict.state() != before);
    }
  }
}

}  // namespace
}  // namespace rollcall::health
