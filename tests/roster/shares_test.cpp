/// Shares of the answers: weights, what members ask for, growth after a return.
#include "pool/shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(EffectiveShare, IsWeightTimesPercentAndGrowsInSteps) {
  struct Row {
    Share share;
    unsigned effective;
  };
  for (const Row& row : {
           Row{{}, 100},
           Row{{.weight = 2}, 200},
           Row{{.weight = 255}, 25500},
           Row{{.weight = 0}, 0},
           Row{{.weight = 2, .percent = 75}, 150},
           Row{{.weight = 2, .percent = 0}, 0},
           Row{{.weight = 1, .percent = 1}, 1},
           Row{{.grown = seconds(0), .ramp_up = seconds(60)}, 10},
           Row{{.grown = seconds(30), .ramp_up = seconds(60)}, 50},
           Row{{.grown = seconds(59), .ramp_up = seconds(60)}, 90},
           Row{{.grown = seconds(60), .ramp_up = seconds(60)}, 100},
           Row{{.percent = 5, .grown = seconds(0), .ramp_up = seconds(60)}, 1},
           Row{{.weight = 0, .grown = seconds(30), .ramp_up = seconds(60)}, 0},
       }) {
    EXPECT_EQ(effective_share(row.share), row.effective)
        << int{row.share.weight} << ' ' << int{row.share.percent};
  }
}

class SharesOfPools : public ServedPools {
 protected:
  static PoolSpec weighted(std::uint8_t first, std::uint8_t second) {
    PoolSpec pool = pool_of(kWww);
    pool.members[address_of("192.0.2.11")].weight = first;
    pool.members[address_of("192.0.2.12")].weight = second;
    return pool;
  }
  void configure(const PoolSpec& pool) {
    stage_.configure({pool}, {"example.com"}, guard_);
    step(ZoneUnchanged{name_of("example.com")});
  }
  std::vector<std::uint16_t> weights() const {
    return shares_.empty() ? std::vector<std::uint16_t>{} : shares_.begin()->second.weights;
  }
  unsigned max_answers() const { return shares_.empty() ? 0 : shares_.begin()->second.max_answers; }
};

TEST_F(SharesOfPools, AreStoredWhereTheyDiffer) {
  serve();
  EXPECT_THAT(shares_, IsEmpty());
  configure(weighted(1, 3));
  EXPECT_THAT(weights(), ElementsAre(100, 300));
  const std::uint32_t serial = zone_->watch_table().serial();
  configure(weighted(4, 4));
  EXPECT_THAT(weights(), IsEmpty()) << "all alike";
  EXPECT_EQ(zone_->watch_table().serial(), serial) << "no record has come or gone";
}

TEST_F(SharesOfPools, MaxAnswersIsStored) {
  PoolSpec pool = pool_of(kWww);
  pool.max_answers = 1;
  serve(kTwo, {pool});
  EXPECT_EQ(max_answers(), 1U);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "each query picks its own";
  EXPECT_EQ(stage_.roster->status(stage_.now).pools[0].max_answers, 1U);
  pool.max_answers = 0;
  configure(pool);
  EXPECT_EQ(max_answers(), 0U);
}

TEST_F(SharesOfPools, OfZeroServesOnlyWhereNoOtherMemberDoes) {
  PoolSpec pool = weighted(0, 1);
  pool.min_healthy = 100;
  serve(kTwo, {pool});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "and min_healthy does not count it";
  EXPECT_EQ(status_of("192.0.2.11").observed, State::up);
  EXPECT_EQ(status_of("192.0.2.11").share, 0);
  pool.min_healthy = 0;
  configure(pool);
  die({"192.0.2.12"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_FALSE(stage_.roster->status(stage_.now).pools[0].all_down);
}

TEST_F(SharesOfPools, OfZeroIsNotMissedWhenItIsDown) {
  PoolSpec pool = weighted(0, 1);
  pool.min_healthy = 100;
  pool.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {pool});
  die({"192.0.2.11"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(SharesOfPools, AFailedProbeTakesNothingBack) {
  PoolSpec pool = weighted(1, 1);
  pool.checks[0].fall = 3;
  serve(kTwo, {pool});
  percents_["192.0.2.12"] = 5;
  die({});
  EXPECT_THAT(weights(), ElementsAre(100, 5));
  bool failed = false;
  while (!failed) {
    stage_.wait(std::chrono::milliseconds(500));
    keep();
    for (const StartProbe& started : std::exchange(stage_.probes, {})) {
      const bool second = started.member == address_of("192.0.2.12");
      failed |= second;
      step(ProbeDone{started.probe,
                     second ? health::Outcome{.good = false, .reason = "timed out", .silent = true}
                            : outcome_of(started.member.to_string())});
    }
  }
  EXPECT_EQ(status_of("192.0.2.12").observed, State::up);
  EXPECT_THAT(weights(), ElementsAre(100, 5));
}

TEST_F(SharesOfPools, OfZeroEverywhereServesAll) {
  serve(kTwo, {weighted(0, 0)});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(SharesOfPools, FollowWhatMembersAskFor) {
  serve(kTwo, {weighted(1, 2)});
  percents_["192.0.2.12"] = 25;
  die({});
  EXPECT_THAT(weights(), ElementsAre(100, 50));
  EXPECT_EQ(status_of("192.0.2.12").share, 0.5);
  percents_["192.0.2.12"] = 0;
  die({});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11")) << "0 % is like a drain";
  percents_.clear();
  die({});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_THAT(weights(), ElementsAre(100, 200));
}

TEST_F(SharesOfPools, GrowAfterAReturn) {
  PoolSpec pool = pool_of(kWww);
  pool.ramp_up = std::chrono::minutes(10);
  serve(kTwo, {pool});
  EXPECT_THAT(weights(), IsEmpty()) << "a member that is up at its first probe has not returned";
  die({"192.0.2.12"});
  EXPECT_THAT(weights(), IsEmpty());
  die({}, seconds(45));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_THAT(weights(), ElementsAre(100, 10));
  std::vector<std::uint16_t> seen;
  for (int minute = 0; minute < 9; ++minute) {
    probe();
    seen.push_back(weights()[1]);
  }
  EXPECT_TRUE(std::ranges::is_sorted(seen)) << testing::PrintToString(seen);
  EXPECT_EQ(seen.back(), 90);
  probe(std::chrono::minutes(2));
  EXPECT_THAT(weights(), IsEmpty()) << "as before";
}

TEST_F(SharesOfPools, AreNothingWhereTheWholeZoneFileIsAnswered) {
  PoolSpec pool = weighted(1, 3);
  pool.observe_only = true;
  serve(kTwo, {pool});
  EXPECT_THAT(shares_, IsEmpty());
  pool.observe_only = false;
  configure(pool);
  EXPECT_THAT(weights(), ElementsAre(100, 300));
  reply_to(NormalWanted{.on = true});
  EXPECT_THAT(weights(), IsEmpty());
  reply_to(NormalWanted{.on = false});
  EXPECT_THAT(weights(), ElementsAre(100, 300));
}

TEST_F(SharesOfPools, OfAnExchangeIsTheGreatestOfItsAddresses) {
  PoolSpec mail = pool_of(kMail);
  mail.records = PoolRecords::mx;
  mail.exchanges[name_of("mx1.example.com")].weight = 2;
  mail.members[address_of("192.0.2.22")].weight = 5;
  serve(
      "www A 192.0.2.11\nmail MX 10 mx1\nmail MX 10 mx2\nmx1 A 192.0.2.21\nmx1 A 192.0.2.22\nmx2 A "
      "192.0.2.23\n",
      {mail});
  EXPECT_THAT(weights(), ElementsAre(500, 100));
}

TEST_F(SharesOfPools, OfAnExchangeIsThatOfItsAddressesThatAreUp) {
  PoolSpec mail = pool_of(kMail);
  mail.records = PoolRecords::mx;
  mail.members[address_of("192.0.2.22")].weight = 5;
  dead_ = {"192.0.2.22"};
  serve(
      "www A 192.0.2.11\nmail MX 10 mx1\nmail MX 10 mx2\nmx1 A 192.0.2.21\nmx1 A 192.0.2.22\n"
      "mx2 A 192.0.2.23\n",
      {mail});
  EXPECT_THAT(weights(), IsEmpty());
  die({});
  EXPECT_THAT(weights(), ElementsAre(500, 100));
}

}  // namespace
}  // namespace rollcall::roster
