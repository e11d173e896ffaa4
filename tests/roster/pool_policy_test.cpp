/// Pool policies at work: what is answered and what is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kFourAnswers =
    "www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.21\nwww A 192.0.2.99\n@ MX 10 www\n";

class PoolPolicies : public ServedPools {
 protected:
  /// Two primary members, a backup and a fallback.
  static PoolSpec tiered() {
    PoolSpec pool = pool_of(kWww);
    pool.when_all_down = WhenAllDown::fallback;
    pool.members[address_of("192.0.2.21")].tier = Tier::backup;
    pool.members[address_of("192.0.2.99")].tier = Tier::fallback;
    return pool;
  }
  static constexpr PoolCount kTiers{.primaries = 2, .when_all_down = WhenAllDown::fallback};
  static Told degraded(const std::string& member) {
    return {.kind = NoticeKind::degraded, .name = kWww, .member = member, .reason = "slow"};
  }
};

TEST_F(PoolPolicies, ABackupServesWhileNoPrimaryMemberDoes) {
  serve(kFourAnswers, {tiered()});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_EQ(status_of("192.0.2.21").tier, Tier::backup);
  EXPECT_EQ(status_of("192.0.2.21").observed, State::up) << "it is probed";
  die({"192.0.2.11"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({"192.0.2.11", "192.0.2.12"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.21"));
  EXPECT_THAT(
      alerts_,
      ElementsAre(is_told(dropped("192.0.2.12")),
                  is_told({.kind = NoticeKind::backup_took_over, .name = kWww},
                          PoolFacts{with(kTiers, {{PoolCount::down, 2}, {PoolCount::usable, 1}})})))
      << "not all are down";
  EXPECT_TRUE(stage_.roster->status(stage_.now).pools[0].on_backup);
  die({"192.0.2.12", "192.0.2.21"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  die({"192.0.2.12"});
  EXPECT_THAT(told_, ElementsAre(is_told(returned("192.0.2.21"), is(Fate::not_needed))));
  EXPECT_EQ(std::get<MemberFacts>(told_[0].facts).tier, Tier::backup);
}

TEST_F(PoolPolicies, AFallbackServesInsteadOfAPoolThatIsAllDown) {
  serve(kFourAnswers, {tiered()});
  die({"192.0.2.11", "192.0.2.12", "192.0.2.21"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.99"));
  EXPECT_THAT(alerts_, Contains(is_told({.kind = NoticeKind::all_down, .name = kWww},
                                        PoolFacts{with(kTiers, {{PoolCount::down, 3}})})));
  die({"192.0.2.11", "192.0.2.12", "192.0.2.21", "192.0.2.99"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.99"));
  say(OverrideKind::drained, "192.0.2.99");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12", "192.0.2.21"));
  say(OverrideKind::automatic, "192.0.2.99");
  die({"192.0.2.11"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_THAT(alerts_,
              Contains(is_told({.kind = NoticeKind::not_all_down, .name = kWww}, needs(0))));
}

TEST_F(PoolPolicies, DegradedCountsAsUp) {
  PoolSpec pool = tiered();
  pool.min_healthy = 100;
  pool.flap_damping = true;
  pool.failback = std::nullopt;
  serve(kFourAnswers, {pool});
  degraded_ = {"192.0.2.11", "192.0.2.12", "192.0.2.99"};
  die({});
  EXPECT_TRUE(status_of("192.0.2.11").degraded);
  EXPECT_EQ(status_of("192.0.2.11").flap_penalty, 0);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "no backup is needed";
  EXPECT_THAT(told_, UnorderedElementsAre(is_told(degraded("192.0.2.11"), is(Fate::answered)),
                                          is_told(degraded("192.0.2.12"), is(Fate::answered)),
                                          is_told(degraded("192.0.2.99"), is(Fate::left_out))))
      << "the fallback is not needed";
  degraded_.clear();
  die({});
  EXPECT_FALSE(status_of("192.0.2.11").degraded);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "it was never away";
  EXPECT_EQ(alerts_.size(), 3U);
  EXPECT_EQ(count_of(alerts_, NoticeKind::not_degraded), 3);
}

TEST_F(PoolPolicies, ADegradedMemberUnderAnOverrideIsNoAlert) {
  serve(kFourAnswers);
  say(OverrideKind::drained, "192.0.2.11");
  degraded_ = {"192.0.2.11"};
  die({});
  EXPECT_THAT(told_, ElementsAre(is_told(degraded("192.0.2.11"), is(Fate::left_out))));
  EXPECT_THAT(alerts_, IsEmpty());
}

TEST_F(PoolPolicies, TooFewAreAsAllDown) {
  PoolSpec pool = pool_of(kWww);
  pool.min_healthy = 60;
  serve(kFourAnswers, {pool});
  die({"192.0.2.11"});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12", "192.0.2.21", "192.0.2.99"));
  EXPECT_THAT(told_, ElementsAre(is_told(dropped("192.0.2.11"), is(Fate::left_out))));
  EXPECT_EQ(say(OverrideKind::drained, "192.0.2.12"),
            "ok: 192.0.2.12 is drained in www.example.com")
      << "two of the three that count";
  EXPECT_EQ(say(OverrideKind::forced_down, "192.0.2.21"),
            "no: 192.0.2.21 is needed for the 60 % (min_healthy) of www.example.com A; use --force "
            "to force it down anyway");
  say(OverrideKind::automatic, "192.0.2.12");
  die({"192.0.2.11", "192.0.2.12"});
  EXPECT_THAT(answered(), testing::SizeIs(4)) << "half is below 60 %";
  EXPECT_THAT(alerts_, Contains(is_told(
                           {.kind = NoticeKind::all_down, .name = kWww},
                           PoolFacts{with({.primaries = 4, .primaries_up = 2, .min_healthy = 60},
                                          {{PoolCount::down, 2}, {PoolCount::usable, 2}})})));
  const PoolStatus status = stage_.roster->status(stage_.now).pools[0];
  EXPECT_TRUE(status.all_down);
  EXPECT_TRUE(status.failed_open);
  EXPECT_EQ(status.min_healthy, 60U);
  die({"192.0.2.11"});
  EXPECT_THAT(alerts_,
              Contains(is_told({.kind = NoticeKind::not_all_down, .name = kWww}, needs(60))));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12", "192.0.2.21", "192.0.2.99"));
}

TEST_F(PoolPolicies, AnObservedPoolIsAnsweredInFull) {
  PoolSpec pool = tiered();
  pool.observe_only = true;
  pool.restart = "apache";
  serve(kFourAnswers, {pool});
  EXPECT_THAT(answered(), testing::SizeIs(4)) << "backup and fallback too";
  EXPECT_FALSE(status_of("192.0.2.21").would_be_live);
  const std::uint32_t serial = zone_->watch_table().serial();
  die({"192.0.2.11"});
  EXPECT_THAT(answered(), testing::SizeIs(4));
  EXPECT_EQ(zone_->watch_table().serial(), serial) << "secondaries have nothing to fetch";
  EXPECT_THAT(alerts_, ElementsAre(is_told(dropped("192.0.2.11"), is(Fate::would_leave))));
  EXPECT_EQ(std::get<MemberFacts>(alerts_[0].facts).service, "apache") << "not asked to restart it";
  EXPECT_EQ(restarts_, 0);
  EXPECT_TRUE(status_of("192.0.2.11").live);
  EXPECT_FALSE(status_of("192.0.2.11").would_be_live);
  die({"192.0.2.11", "192.0.2.12", "192.0.2.21"});
  EXPECT_THAT(answered(), testing::SizeIs(4));
  PoolCount observed = kTiers;
  observed.observe_only = true;
  EXPECT_THAT(alerts_, Contains(is_told({.kind = NoticeKind::all_down, .name = kWww},
                                        PoolFacts{with(observed, {{PoolCount::down, 3}})})));
  EXPECT_TRUE(status_of("192.0.2.99").would_be_live);
  die({});
  EXPECT_THAT(told_, Contains(is_told(returned("192.0.2.11"), is(Fate::would_answer))));
}

TEST_F(PoolPolicies, AnOperatorIsHeardInAnObservedPool) {
  PoolSpec pool = tiered();
  pool.observe_only = true;
  serve(kFourAnswers, {pool});
  say(OverrideKind::drained, "192.0.2.11");
  say(OverrideKind::forced_down, "192.0.2.12");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.21", "192.0.2.99"));
  say(OverrideKind::drained, "192.0.2.21");
  EXPECT_EQ(say(OverrideKind::drained, "192.0.2.99"),
            "no: 192.0.2.99 is the last live member of www.example.com A; use --force to drain it "
            "anyway");
}

TEST_F(PoolPolicies, AReloadChangesThemAtOnce) {
  serve(kFourAnswers, {tiered()});
  stage_.configure({pool_of(kWww)}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), testing::SizeIs(4));
}

TEST_F(PoolPolicies, AnExchangeHasTheHighestTierOfItsAddresses) {
  PoolSpec mail = pool_of(kMail, {"smtp"});
  mail.records = PoolRecords::mx;
  mail.exchanges[name_of("mx2.example.com")].tier = Tier::backup;
  mail.members[address_of("192.0.2.31")].tier = Tier::backup;
  serve(
      "www A 192.0.2.11\nmail MX 10 mx1\nmail MX 20 mx2\nmx1 A 192.0.2.31\nmx1 A 192.0.2.32\nmx2 A "
      "192.0.2.33\n",
      {pool_of(kWww), mail});
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com"));
  die({"192.0.2.31", "192.0.2.32"});
  EXPECT_THAT(answered(kMail), ElementsAre("mx2.example.com"));
}

}  // namespace
}  // namespace rollcall::roster
