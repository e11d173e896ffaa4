#include "roster/policy.hpp"

#include <gtest/gtest.h>

namespace rollcall::roster {
namespace {

TEST(LiveMembers, AreTheHealthyOnes) {
  EXPECT_EQ(live_members(0b101, 3, WhenAllDown::fail_open), 0b101U);
  EXPECT_EQ(live_members(0b101, 3, WhenAllDown::fail_closed), 0b101U);
}

TEST(LiveMembers, AreAllOrNoneWhenAllAreDown) {
  EXPECT_EQ(live_members(0, 3, WhenAllDown::fail_open), 0b111U);
  EXPECT_EQ(live_members(0, 3, WhenAllDown::fail_closed), 0U);
  EXPECT_EQ(live_members(0, 64, WhenAllDown::fail_open), ~std::uint64_t{0});
}

TEST(LiveFollowers, KeepTheWholeSetRatherThanNone) {
  EXPECT_EQ(live_followers(0b11, 0b10), 0b10U);
  EXPECT_EQ(live_followers(0b11, 0), 0b11U);
}

TEST(LiveFollowers, StayWithinWhatTheirOwnPoolLetsLive) {
  EXPECT_EQ(live_followers(0b110, 0b011), 0b010U);
  EXPECT_EQ(live_followers(0b110, 0b001), 0b110U);
  EXPECT_EQ(live_followers(0, 0b111), 0U) << "a pool that fails closed stays closed";
}

}  // namespace
}  // namespace rollcall::roster
