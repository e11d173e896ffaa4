#include "health/schedule.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, KeepsTheIntervalWithinItsJitter) {
  const CheckSpec check{.interval = 10s, .fast_interval = 2s, .jitter = 0.05};
  Random random(1);
  Duration least = 1h, most = 0s;
  for (int i = 0; i < 10000; ++i) {
    const Duration delay = next_delay(check, false, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_GE(least, 9500ms);
  EXPECT_LE(most, 10500ms);
  EXPECT_LT(least, 9600ms);  // the whole width is used
  EXPECT_GT(most, 10400ms);
}

TEST(Schedule, ProbesFasterInDoubt) {
  const CheckSpec check{.interval = 10s, .fast_interval = 2s, .jitter = 0};
  Random random(1);
  EXPECT_EQ(next_delay(check, true, random), 2s);
  EXPECT_EQ(next_delay(check, false, random), 10s);
}

TEST(Schedule, SpreadsTheFirstRounds) {
  const CheckSpec check{.interval = 10s};
  Random random(1);
  int early = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(first_delay(check, random), kFirstRoundSpread);
    const Duration second = second_delay(check, random);
    EXPECT_LT(second, 10s);
    early += second < 5s;
  }
  EXPECT_NEAR(early, 500, 80);
}

}  // namespace
}  // namespace rollcall::health
