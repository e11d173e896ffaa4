#include "pool/policy.hpp"

#include <gtest/gtest.h>

namespace rollcall::pool {
namespace {

using enum WhenAllDown;

TEST(LiveMembers, FollowTiersSharesAndWhenAllDown) {
  struct Row {
    Ballot ballot;
    PoolPolicy policy;
    std::uint64_t live;
    const char* what;
  };
  // Records of a pool of five: 0 to 2 are primary, 3 is a backup, 4 the fallback.
  const auto five = [](std::uint64_t healthy, std::uint64_t drained = 0) {
    return Ballot{5, healthy, drained, 0b01000, 0b10000};
  };
  for (const Row& row : {
           Row{{.count = 3, .healthy = 0b101}, {}, 0b101, "the healthy ones"},
           Row{{.count = 3, .healthy = 0b101}, {fail_closed}, 0b101, "whatever is to come"},
           Row{{.count = 3}, {}, 0b111, "fail open: all"},
           Row{{.count = 3}, {fail_closed}, 0, "fail closed: none"},
           Row{{.count = 64}, {}, ~std::uint64_t{0}, "as many as there can be"},
           Row{{.count = 3}, {fallback}, 0b111, "no fallback of this type: all"},
           Row{{.count = 3, .healthy = 0b001}, {fail_open, 33}, 0b001, "a third is enough"},
           Row{{.count = 3, .healthy = 0b001}, {fail_open, 34}, 0b111, "a third is too few"},
           Row{{.count = 3, .healthy = 0b001}, {fail_closed, 34}, 0, "as all down: closed"},
           Row{{.count = 3, .healthy = 0b111}, {fail_open, 100}, 0b111, "all of them"},
           Row{{.count = 3, .healthy = 0b011}, {fail_open, 100}, 0b111, "not all of them"},
           Row{{.count = 3, .healthy = 0b001, .drained = 0b110},
               {fail_closed, 100},
               0b001,
               "the drained are not counted"},
           Row{five(0b11111), {fallback}, 0b00111, "the primary ones alone"},
           Row{five(0b11001), {fallback}, 0b00001, "one of them is enough"},
           Row{five(0b11001), {fallback, 50}, 0b01000, "one is too few: the backup"},
           Row{five(0b11000), {fallback}, 0b01000, "the backup"},
           Row{five(0b11000, 0b00111), {fallback}, 0b01000, "the primary ones are drained"},
           Row{five(0b10000), {fallback}, 0b10000, "the fallback"},
           Row{five(0), {fallback}, 0b10000, "the fallback, though it is down too"},
           Row{five(0, 0b10000), {fallback}, 0b01111, "a drained fallback: fail open"},
           Row{five(0, 0b10011), {fallback}, 0b01100, "the drained come last"},
           Row{five(0, 0b11111), {fallback}, 0b11111, "all are drained: all"},
           Row{{6, 0b100000, 0, 0, 0b110000}, {fallback}, 0b100000, "the fallback that is up"},
           Row{{.count = 2, .healthy = 0b10, .backup = 0b11}, {}, 0b10, "backups alone"},
           Row{{.count = 3, .healthy = 0b001, .spare = 0b010}, {}, 0b001, "without the spare"},
           Row{{.count = 3, .spare = 0b010}, {fail_closed}, 0b010, "a spare before none"},
           Row{{.count = 3, .healthy = 0b001, .spare = 0b010},
               {fail_open, 60},
               0b011,
               "the spare makes enough"},
           Row{{.count = 3, .healthy = 0b001, .idle = 0b110},
               {fail_closed, 100},
               0b001,
               "the idle are not missed"},
           Row{{.count = 3, .healthy = 0b010, .idle = 0b110},
               {fail_closed},
               0b010,
               "before nobody"},
           Row{{.count = 3, .healthy = 0b011, .idle = 0b010},
               {fail_closed, 60},
               0b011,
               "the idle make enough"},
           Row{{.count = 2, .healthy = 0b10, .backup = 0b10, .spare = 0b01},
               {},
               0b10,
               "a backup before the spare"},
       }) {
    EXPECT_EQ(live_members(row.ballot, row.policy), row.live) << row.what;
  }
}

TEST(TakesLastLive, CountsWithMinHealthyAndTiers) {
  const PoolPolicy half{fail_open, 50};
  EXPECT_TRUE(takes_last_live({.count = 4, .healthy = 0b0011},
                              {.count = 4, .healthy = 0b0001, .drained = 0b0010}, half))
      << "one of three is below the half";
  EXPECT_FALSE(takes_last_live({.count = 4, .healthy = 0b0111},
                               {.count = 4, .healthy = 0b0011, .drained = 0b0100}, half));
  EXPECT_FALSE(takes_last_live({.count = 2, .healthy = 0b11, .backup = 0b10},
                               {.count = 2, .healthy = 0b10, .drained = 0b01, .backup = 0b10}, {}))
      << "the backup serves";
  EXPECT_TRUE(takes_last_live({.count = 2, .healthy = 0b11, .fallback = 0b10},
                              {.count = 2, .healthy = 0b10, .drained = 0b01, .fallback = 0b10},
                              {fallback}))
      << "a fallback is no live member";
  EXPECT_TRUE(takes_last_live({.count = 3, .healthy = 0b100, .fallback = 0b100},
                              {.count = 3, .drained = 0b100, .fallback = 0b100}, {fallback}))
      << "but it is while it is answered";
  EXPECT_TRUE(takes_last_live({.count = 3, .fallback = 0b100, .spare = 0b100},
                              {.count = 3, .drained = 0b100, .fallback = 0b100}, {fallback}))
      << "kept back or not";
  EXPECT_FALSE(takes_last_live({.count = 3, .healthy = 0b110, .fallback = 0b110},
                               {.count = 3, .healthy = 0b010, .drained = 0b100, .fallback = 0b110},
                               {fallback}))
      << "another fallback is up";
  EXPECT_FALSE(takes_last_live({.count = 3, .fallback = 0b100},
                               {.count = 3, .drained = 0b100, .fallback = 0b100}, {fallback}))
      << "the fallback was down itself";
  EXPECT_TRUE(
      takes_last_live({.count = 4, .healthy = 0b0001}, {.count = 4, .drained = 0b0001}, half))
      << "too few were up, and none is left to be answered";
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
}  // namespace rollcall::pool
