/// Overrides: what operators say of members, and of everything.
#include "pool/override.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using enum OverrideKind;

TEST(IsUp, TheOperatorsWordStandsAboveTheProbes) {
  struct Row {
    OverrideKind kind;
    bool unknown, up, down;
  };
  for (const Row& row : {Row{automatic, true, true, false}, Row{drained, false, false, false},
                         Row{forced_up, true, true, true}, Row{forced_down, false, false, false}}) {
    EXPECT_EQ(is_up(row.kind, State::unknown), row.unknown) << to_string(row.kind);
    EXPECT_EQ(is_up(row.kind, State::up), row.up) << to_string(row.kind);
    EXPECT_EQ(is_up(row.kind, State::down), row.down) << to_string(row.kind);
  }
}

TEST(LiveMembers, TheDrainedComeLast) {
  EXPECT_EQ(live_members({.count = 3, .healthy = 0b001, .drained = 0b010}, {}), 0b001U);
  EXPECT_EQ(live_members({.count = 3, .drained = 0b010}, {}), 0b101U);
  EXPECT_EQ(live_members({.count = 3, .drained = 0b111}, {}), 0b111U) << "never an empty answer";
  EXPECT_EQ(live_members({.count = 3, .drained = 0b010}, {WhenAllDown::fail_closed}), 0U);
}

TEST(TakesLastLive, LooksAtTheRecordsThatAreLeft) {
  struct Row {
    std::uint64_t healthy_before, drained_before, healthy_after, drained_after;
    bool takes;
    const char* what;
  };
  for (const Row& row : {
           Row{0b011, 0, 0b010, 0b001, false, "another one is healthy"},
           Row{0b001, 0, 0, 0b001, true, "the others are down"},
           Row{0b001, 0b110, 0, 0b111, true, "the others are drained"},
           Row{0, 0, 0, 0b001, false, "all are down: the others fail open"},
           Row{0, 0b110, 0, 0b111, true, "it alone fails open"},
           Row{0, 0b111, 0, 0b111, false, "nothing is left to be taken"},
       }) {
    const Ballot before{.count = 3, .healthy = row.healthy_before, .drained = row.drained_before};
    const Ballot after{.count = 3, .healthy = row.healthy_after, .drained = row.drained_after};
    EXPECT_EQ(takes_last_live(before, after, {}), row.takes) << row.what;
  }
  const PoolPolicy closed{WhenAllDown::fail_closed};
  EXPECT_TRUE(takes_last_live({.count = 3, .healthy = 1}, {.count = 3, .drained = 1}, closed));
  EXPECT_FALSE(
      takes_last_live({.count = 3, .drained = 0b110}, {.count = 3, .drained = 0b111}, closed))
      << "no record was live";
}

class OneOverride : public ServedPools {};

TEST_F(OneOverride, ADrainedMemberIsNotAnsweredAndReturns) {
  serve();
  const std::uint32_t before = zone_->watch_table().serial();
  EXPECT_EQ(say(drained, "192.0.2.11", {.reason = "new disk"}),
            "ok: 192.0.2.11 is drained in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_GT(zone_->watch_table().serial(), before);
  EXPECT_THAT(told_,
              ElementsAre(is_told({.kind = NoticeKind::override_set,
                                   .name = kWww,
                                   .member = "192.0.2.11",
                                   .reason = "new disk"},
                                  OverrideFacts{.kind = drained, .members = {"192.0.2.11"}})));
  EXPECT_THAT(alerts_, IsEmpty());
  const MemberStatus status = status_of("192.0.2.11");
  EXPECT_EQ(status.override_kind, drained);
  EXPECT_EQ(status.override_reason, "new disk");
  EXPECT_EQ(status.override_left, std::nullopt);
  EXPECT_EQ(status.observed, State::up) << "its probes go on";
  EXPECT_FALSE(status.live);
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "good probes do not bring it back";

  EXPECT_EQ(say(automatic, "192.0.2.11"), "ok: 192.0.2.11 is auto again in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_EQ(say(automatic, "192.0.2.11"), "ok: no override was set on 192.0.2.11");
}

TEST_F(OneOverride, AForcedUpMemberIsAnsweredThoughDead) {
  serve();
  EXPECT_EQ(say(forced_up, "192.0.2.11"), "ok: 192.0.2.11 is forced-up in www.example.com");
  dead_ = {"192.0.2.11"};
  told_.clear();
  alerts_.clear();
  probe();
  EXPECT_THAT(told_, ElementsAre(is_told(dropped("192.0.2.11"), is(Fate::overridden))));
  EXPECT_THAT(alerts_, IsEmpty()) << "an operator has taken over";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_EQ(status_of("192.0.2.11").observed, State::down);
  say(automatic, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(OneOverride, AForcedDownMemberFailsOpenAndADrainedOneDoesNot) {
  serve();
  say(forced_down, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  dead_ = {"192.0.2.12"};
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  say(drained, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(OneOverride, TheLastLiveMemberIsKeptUnlessForced) {
  serve();
  dead_ = {"192.0.2.12"};
  probe();
  const std::string refused =
      "no: 192.0.2.11 is the last live member of www.example.com A; use --force to ";
  EXPECT_EQ(say(drained, "192.0.2.11"), refused + "drain it anyway");
  EXPECT_EQ(say(forced_down, "192.0.2.11"), refused + "force it down anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_EQ(status_of("192.0.2.11").override_kind, automatic);
  EXPECT_EQ(stage_.told<SaveOverrides>(), nullptr);
  EXPECT_EQ(say(drained, "192.0.2.11", forced()), "ok: 192.0.2.11 is drained in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "the other one fails open";
  EXPECT_THAT(alerts_, ElementsAre(is_told(
                           {.kind = NoticeKind::all_down, .name = kWww},
                           PoolFacts{with({.primaries = 2, .some_drained = true},
                                          {{PoolCount::drained, 1}, {PoolCount::down, 1}})})));
}

TEST_F(OneOverride, AutoTakesNoLastLiveMemberUnlessForced) {
  PoolSpec pool = pool_of(kWww);
  pool.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {pool});
  die({"192.0.2.11", "192.0.2.12"});
  say(forced_up, "192.0.2.12");
  EXPECT_EQ(say(automatic, "192.0.2.12"),
            "no: 192.0.2.12 is the last live member of www.example.com A; use --force to set it to "
            "auto anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(say(automatic, "192.0.2.12", forced()),
            "ok: 192.0.2.12 is auto again in www.example.com");
  EXPECT_THAT(answered(), IsEmpty());
}

TEST_F(OneOverride, AFallbackThatAloneIsAnsweredIsTheLastLiveMember) {
  PoolSpec pool = pool_of(kWww);
  pool.when_all_down = WhenAllDown::fallback;
  pool.members[address_of("192.0.2.12")].tier = Tier::fallback;
  serve(kTwo, {pool});
  die({"192.0.2.11"});
  ASSERT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(say(drained, "192.0.2.12"),
            "no: 192.0.2.12 is the last live member of www.example.com A; use --force to drain it "
            "anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({});
  EXPECT_EQ(say(drained, "192.0.2.12"), "ok: 192.0.2.12 is drained in www.example.com");
}

TEST_F(OneOverride, EachFamilyHasItsLastLiveMember) {
  serve("www A 192.0.2.11\nwww AAAA 2001:db8::11\n");
  EXPECT_EQ(
      say(drained, "2001:db8::11"),
      "no: 2001:db8::11 is the last live member of www.example.com AAAA; use --force to drain "
      "it anyway");
}

TEST_F(OneOverride, AForcedDrainOfAllEmptiesNothingThatFailsOpen) {
  serve();
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", forced());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(OneOverride, AForcedDrainOfAllEmptiesWhatFailsClosed) {
  PoolSpec closed = pool_of(kWww);
  closed.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {closed});
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", forced());
  EXPECT_THAT(answered(), IsEmpty());
}

TEST_F(OneOverride, EndsByItself) {
  serve();
  EXPECT_EQ(say(drained, "192.0.2.11", lasting(30min)),
            "ok: 192.0.2.11 is drained in www.example.com for 30m");
  EXPECT_EQ(status_of("192.0.2.11").override_left, 30min);
  probe(30min - 1s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(saved_.members.size(), 1U);
  told_.clear();
  probe(1s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_THAT(told_, ElementsAre(is_told(
                         {.kind = NoticeKind::override_ended, .name = kWww, .member = "192.0.2.11"},
                         OverrideFacts{.kind = drained,
                                       .cause = OverrideFacts::Cause::time_is_up,
                                       .members = {"192.0.2.11"}})));
  EXPECT_TRUE(saved_.members.empty());
}

TEST_F(OneOverride, TheNewestTimeCounts) {
  serve();
  say(drained, "192.0.2.11", lasting(10min));
  say(drained, "192.0.2.11", lasting(20min));
  probe(15min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  say(drained, "192.0.2.11");
  probe(15min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(OneOverride, SaysWhichNamesItDoesNotKnow) {
  serve();
  EXPECT_EQ(say(drained, "192.0.2.99"), "no: 192.0.2.99 is not a member of any pool");
  EXPECT_EQ(say(drained, "mx9.example.com"), "no: mx9.example.com is not a member of any pool");
  EXPECT_EQ(say(drained, "192.0.2.11", {.pool = name_of("ftp.example.com")}),
            "no: there is no pool ftp.example.com");
  EXPECT_EQ(say(drained, "192.0.2.99", {.pool = name_of(kWww)}),
            "no: 192.0.2.99 is not a member of pool www.example.com");
}

TEST_F(OneOverride, TheLogSaysWhichOperatorItWas) {
  serve();
  OverrideWanted wanted = lasting(30min);
  wanted.reason = "new disk";
  wanted.actor = "alice (uid 1000)";
  say(drained, "192.0.2.11", wanted);
  EXPECT_THAT(told_,
              ElementsAre(is_told(
                  {.kind = NoticeKind::override_set,
                   .name = kWww,
                   .member = "192.0.2.11",
                   .reason = "new disk",
                   .actor = "alice (uid 1000)"},
                  OverrideFacts{.kind = drained, .members = {"192.0.2.11"}, .lasts = 30min})));
  reply_to(NormalWanted{.on = true, .lasts = {}, .actor = "uid 0"});
  EXPECT_THAT(alerts_, ElementsAre(is_told({.kind = NoticeKind::normal_on, .actor = "uid 0"},
                                           NormalFacts{})));
  reply_to(RestartWanted{stage_.roster->next_restart_id(), address_of("192.0.2.11"), "apache",
                         "alice (uid 1000)"});
  EXPECT_THAT(told_, ElementsAre(is_told({.kind = NoticeKind::restart_asked,
                                          .name = kWww,
                                          .member = "192.0.2.11",
                                          .actor = "alice (uid 1000)"},
                                         RestartFacts{.service = "apache"})));
}

}  // namespace
}  // namespace rollcall::roster
