/// The isolation guard: when answers are frozen, for how long, and which members are held.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guarded_pools.hpp"
#include "pool/isolation.hpp"
#include "roster/falls.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST(Isolation, IsAMassDropOrTheWitnessesSilence) {
  struct Row {
    Signs seen;
    Isolation why;
    const char* what;
  };
  using enum Isolation;
  for (const Row& row : {
           Row{{.members = 8, .fallen = 4, .fell = true}, none, "half of them"},
           Row{{.members = 8, .fallen = 5, .fell = true}, mass_drop, "more than half"},
           Row{{.members = 7, .fallen = 7, .fell = true}, none, "too few to tell"},
           Row{{.members = 100000, .fallen = 50001, .fell = true}, mass_drop, "many"},
           Row{{.members = 2, .fell = true, .witnesses = 2, .silent = 2},
               witnesses_silent,
               "at a first probe too"},
           Row{{.members = 2, .fell = true, .witnesses = 2, .silent = 1}, none, "one answers"},
           Row{{.members = 2, .witnesses = 1, .silent = 1}, none, "no member is down"},
           Row{{.members = 8, .fallen = 8, .fell = true, .witnesses = 1},
               mass_drop,
               "the witness will be asked"},
           Row{{.members = 8, .fell = true, .witnesses = 0, .silent = 1}, none, "it is muted"},
       }) {
    EXPECT_EQ(isolation(row.seen, {}), row.why) << row.what;
  }
  const Signs all{.members = 8, .fallen = 8, .fell = true};
  EXPECT_EQ(isolation(all, {.witnesses = {}, .max_drop = 100}), none) << "no limit";
  EXPECT_EQ(isolation(all, {.witnesses = {}, .max_drop_from = 9}), none);
  EXPECT_EQ(isolation({.members = 8, .fallen = 1}, {.witnesses = {}, .max_drop = 0}), mass_drop);
}

TEST(Falls, CountWithinTheWindow) {
  const Instant start{1h};
  Falls falls;
  std::vector<Falls::FallId> ids;
  for (const Duration at : {0s, 1s, 1s, 5s}) {
    ids.push_back(falls.add(start + at, {.judged = State::up}));
  }
  const Falls::FallId first_probe = falls.add(start + 5s, {.judged = State::unknown});
  EXPECT_EQ(falls.within(10s, start + 5s), 4U) << "a first probe is no fall";
  falls.forget(start + 1s, ids[1]);
  falls.forget(start + 1s, ids[1]);
  falls.discount(start + 2s, ids[2]);
  falls.forget(start + 5s, first_probe);
  EXPECT_EQ(falls.within(10s, start + 5s), 3U) << "no member fell at 2 s";
  EXPECT_EQ(falls.within(10s, start + 10s), 2U);
  EXPECT_EQ(falls.within(10s, start + 15s), 0U);
}

TEST(Falls, KeepWhatStoodBefore) {
  const Instant start{1h};
  Falls falls;
  EXPECT_FALSE(falls.any());
  const auto one = falls.add(start, {.judged = State::up, .past = {.waits_until = kForEver}});
  const auto two = falls.add(start + 3s, {.judged = State::unknown});
  EXPECT_EQ(falls.last(), start + 3s);
  ASSERT_NE(falls.find(start, one), nullptr);
  EXPECT_EQ(falls.find(start, one)->past.waits_until, kForEver);
  EXPECT_EQ(falls.find(start, two), nullptr);
  falls.keep_for(10s, start + 10s);
  EXPECT_EQ(falls.find(start, one), nullptr);
  EXPECT_NE(falls.find(start + 3s, two), nullptr);
  EXPECT_TRUE(falls.any());
  falls.discount(start + 3s, two);
  EXPECT_NE(falls.find(start + 3s, two), nullptr) << "it can be taken back, and does not count";
  EXPECT_FALSE(falls.any());
}

class Freezes : public GuardedPools {};

TEST_F(Freezes, HoldsAMassDropUntilTheMembersAreBack) {
  serve_many(8);
  const int before = restarts_;
  die(first(5));
  ASSERT_TRUE(frozen());
  EXPECT_EQ(why_frozen(frozen()->facts), "5 of 8 members went down within 10s");
  EXPECT_EQ(frozen()->held, 5U);
  EXPECT_THAT(answered(), SizeIs(8)) << "the first to fall are back too";
  EXPECT_THAT(alerts_, ElementsAre(is_told({.kind = NoticeKind::frozen},
                                           FreezeFacts{Isolation::mass_drop, 5, 8, 10s, 0})))
      << "those of the falls before it are held back";
  EXPECT_EQ(count_of(told_, NoticeKind::dropped), 5) << "but are in the log";
  EXPECT_TRUE(status_of("192.0.2.11").held);
  EXPECT_EQ(status_of("192.0.2.11").observed, State::down);
  EXPECT_LE(restarts_, before + 1) << "one that was asked for before";

  const std::uint32_t serial = zone_->watch_table().serial();
  die(first(8));
  EXPECT_EQ(frozen()->held, 8U);
  EXPECT_THAT(alerts_, IsEmpty());
  EXPECT_THAT(told_, UnorderedElementsAre(is_told(dropped("192.0.2.16"), is(Fate::frozen)),
                                          is_told(dropped("192.0.2.17"), is(Fate::frozen)),
                                          is_told(dropped("192.0.2.18"), is(Fate::frozen))));
  EXPECT_EQ(zone_->watch_table().serial(), serial) << "no probe changes a mask";

  die({});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(alerts_, ElementsAre(is_told({.kind = NoticeKind::thawed},
                                           ThawFacts{.cause = ThawFacts::Cause::all_up})));
  EXPECT_THAT(answered(), SizeIs(8));
}

TEST_F(Freezes, NoMemberReturnsWhileAnswersAreFrozen) {
  std::string tail;
  for (int i = 1; i <= 9; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.failback = 2min;
  serve(tail, {pool});
  die({"192.0.2.19"});
  die({});
  EXPECT_THAT(answered(), SizeIs(8)) << "it waits for its failback";
  die(first(5));
  ASSERT_TRUE(frozen());
  die(first(5), 5min);
  EXPECT_THAT(answered(), SizeIs(8));
  EXPECT_EQ(status_of("192.0.2.19").kept_left, Duration{});
  die({});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), SizeIs(9)) << "the held members were never out";
}

TEST_F(Freezes, WhatStoodBeforeAFallStandsWhenItIsTakenBack) {
  std::string tail;
  for (int i = 1; i <= 10; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.failback = std::nullopt;
  pool.ramp_up = 30min;
  serve(tail, {pool});
  die(first(3));
  die({});
  ASSERT_THAT(answered(), SizeIs(7)) << "three are kept back for an operator";
  say(OverrideKind::automatic, "192.0.2.13");
  ASSERT_THAT(answered(), SizeIs(8));
  const double share = status_of("192.0.2.13").share;
  const double penalty = status_of("192.0.2.11").flap_penalty;
  die(first(10));
  ASSERT_TRUE(frozen());
  EXPECT_EQ(frozen()->held, 10U);
  EXPECT_THAT(answered(), SizeIs(8)) << "two are kept back as before";
  EXPECT_LT(status_of("192.0.2.13").share, status_of("192.0.2.14").share);
  EXPECT_GE(status_of("192.0.2.13").share, share) << "it ramps as before";
  EXPECT_LE(status_of("192.0.2.11").flap_penalty, penalty);
  die({});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), SizeIs(8)) << "nor has the freeze let them in for good";
  EXPECT_EQ(status_of("192.0.2.14").kept_back, KeptBack::no);
  EXPECT_EQ(status_of("192.0.2.11").kept_back, KeptBack::failback);
}

TEST_F(Freezes, AMemberWhoseProbesDoNotCountIsNotCounted) {
  serve_many(16);
  for (const std::string& member : first(9)) say(OverrideKind::drained, member);
  die(first(9));
  EXPECT_FALSE(frozen()) << "switched off for maintenance";
  EXPECT_THAT(answered(), SizeIs(7));
  std::set<std::string> more = first(16);
  more.erase("192.0.2.26");
  die(more);
  EXPECT_FALSE(frozen()) << "seven are left to count, and the floor is eight";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.26"));
}

TEST_F(Freezes, APoolThatOnlyObservesFreezesNothing) {
  std::string tail;
  for (int i = 1; i <= 9; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.observe_only = true;
  serve(tail, {pool});
  die(first(9));
  EXPECT_FALSE(frozen());
  EXPECT_EQ(alerts_of(NoticeKind::dropped), 9);
}

TEST_F(Freezes, APoolThatObservesNoLongerStaysAsItIsAnswered) {
  std::string tail = "mail MX 10 mx1\nmail MX 20 mx2\nmx1 A 192.0.2.31\nmx2 A 192.0.2.32\n";
  for (int i = 1; i <= 8; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec mail = pool_of(kMail);
  mail.records = PoolRecords::mx;
  mail.observe_only = true;
  serve(tail, {pool_of(kWww), mail});
  die({"192.0.2.31"});
  std::set<std::string> dead = first(5);
  dead.insert("192.0.2.31");
  die(dead);
  ASSERT_TRUE(frozen());
  EXPECT_EQ(frozen()->held, 5U);
  mail.observe_only = false;
  stage_.configure({pool_of(kWww), mail}, {"example.com"}, guard_);
  load(tail);
  ASSERT_TRUE(frozen());
  EXPECT_EQ(frozen()->held, 6U);
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com", "mx2.example.com"));
  step(ThawWanted{});
  EXPECT_THAT(answered(kMail), ElementsAre("mx2.example.com"));
}

TEST_F(Freezes, AnOperatorWhoTakesTheHeldOutEndsIt) {
  serve_many(10);
  die(first(6));
  ASSERT_TRUE(frozen());
  say(OverrideKind::drained, "192.0.2.11");
  EXPECT_EQ(frozen()->held, 5U);
  die(first(1));
  EXPECT_FALSE(frozen());
  die(first(6));
  ASSERT_TRUE(frozen()) << "five of nine";
  for (const std::string& member : first(6)) say(OverrideKind::drained, member);
  EXPECT_FALSE(frozen());
  EXPECT_THAT(alerts_, ElementsAre(is_told({.kind = NoticeKind::thawed},
                                           ThawFacts{.cause = ThawFacts::Cause::none_left})));
}

TEST_F(Freezes, AnOverrideThatEndsLeavesNoMemberOutForOurFault) {
  serve_many(12);
  wait_for_probe_of("192.0.2.11");
  say(OverrideKind::drained, "192.0.2.11");
  answer("192.0.2.11", false);
  die(first(12), 10s);
  ASSERT_TRUE(frozen());
  EXPECT_THAT(answered(), SizeIs(11));
  say(OverrideKind::automatic, "192.0.2.11");
  EXPECT_THAT(answered(), SizeIs(12));
}

TEST_F(Freezes, TheWindowIsTheLongestInterval) {
  std::string tail;
  for (int i = 1; i <= 8; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.checks[0].interval = 2s;
  serve(tail, {pool});
  die(first(5));
  ASSERT_TRUE(frozen());
  EXPECT_EQ(why_frozen(frozen()->facts), "5 of 8 members went down within 2s");
}

TEST_F(Freezes, LetsFewerThanTheFloorGo) {
  serve_many(7);
  die(first(6));
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.17"));
}

TEST_F(Freezes, LetsThemGoOneAfterTheOther) {
  serve_many(8);
  for (int dead = 1; dead <= 7; ++dead) die(first(dead), 30s);
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.18"));
}

TEST_F(Freezes, AnOperatorsWordEndsIt) {
  serve_many(8);
  EXPECT_EQ(reply_to(ThawWanted{}), "ok: answers were not frozen");
  die(first(5));
  EXPECT_EQ(reply_to(ThawWanted{}), "ok: answers follow the probes again: 5 members are down");
  EXPECT_THAT(alerts_, ElementsAre(is_told({.kind = NoticeKind::thawed},
                                           ThawFacts{ThawFacts::Cause::an_operator, 5})));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.16", "192.0.2.17", "192.0.2.18"));
  probe();
  EXPECT_FALSE(frozen());
}

TEST_F(Freezes, WhatIsHeldIsSavedAsItIsAnswered) {
  serve_many(8);
  die(first(5));
  step(Stopping{});
  EXPECT_THAT(saved_health_.members, SizeIs(8));
  for (const SavedMember& member : saved_health_.members) EXPECT_TRUE(member.up);
}

TEST_F(Freezes, AMemberThatIsRemovedHoldsNothing) {
  serve_many(8);
  die(first(5));
  load("www A 192.0.2.16\nwww A 192.0.2.17\n");
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.16", "192.0.2.17"));
}

}  // namespace
}  // namespace rollcall::roster
