#include "core/pacing.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{1h};

TEST(Pacing, TheFirstRunWaitsForNothing) {
  EXPECT_LT(Pacing(4, 100ms).next(), kNow);
}

TEST(Pacing, WaitsSomeTimesAsLongAsTheLastRunTook) {
  Pacing pacing(4, 100ms);
  pacing.ran(kNow - 3ms, kNow);
  EXPECT_EQ(pacing.next(), kNow + 12ms);
  pacing.ran(kNow + 12ms, kNow + 13ms);
  EXPECT_EQ(pacing.next(), kNow + 17ms);
  pacing.ran(kNow, kNow);
  EXPECT_EQ(pacing.next(), kNow) << "what takes no time is never put off";
}

TEST(Pacing, WaitsNoLongerThanTheLimit) {
  Pacing pacing(4, 100ms);
  pacing.ran(kNow - 26ms, kNow);
  EXPECT_EQ(pacing.next(), kNow + 100ms);
  pacing.ran(kNow - 1h, kNow);
  EXPECT_EQ(pacing.next(), kNow + 100ms);
}

}  // namespace
}  // namespace rollcall
