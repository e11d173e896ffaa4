/// What a reload and a restart of the server leave as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Reload : public ServedPools {
 protected:
  void reload(PoolSpec pool) {
    told_.clear();
    alerts_.clear();
    stage_.configure({std::move(pool)}, {"example.com"}, guard_);
    step(ZoneUnchanged{name_of("example.com")});
  }
  static PoolSpec slow() {
    PoolSpec pool = pool_of(kWww);
    pool.restart = "nginx";
    pool.checks[0].interval = minutes(10);
    return pool;
  }
};

TEST_F(Reload, AnotherPaceIsNoNewMember) {
  serve(kTwo, {slow()});
  die({"192.0.2.12"}, minutes(30));
  ASSERT_THAT(answered(), ElementsAre("192.0.2.11"));
  ASSERT_EQ(restarts_, 1);
  PoolSpec pool = slow();
  pool.checks[0].interval = minutes(1);
  pool.checks[0].rise = 3;
  pool.checks[0].timeout = seconds(1);
  reload(pool);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_EQ(status_of("192.0.2.12").observed, State::down);
  stage_.probes.clear();
  stage_.wait(minutes(2));
  EXPECT_THAT(stage_.probes, SizeIs(2)) << "probed at the new pace";
  die({"192.0.2.12"}, minutes(4));
  EXPECT_EQ(restarts_, 1) << "5 minutes between two: the ledger was kept";
}

TEST_F(Reload, AnotherQuestionBeginsWithWhatWasSaidBefore) {
  serve(kTwo, {slow()});
  die({"192.0.2.12"}, minutes(30));
  PoolSpec pool = slow();
  pool.checks[0].how = health::HttpCheck{};
  pool.checks[0].fall = 2;
  pool.checks[0].fast_interval = minutes(2);
  reload(pool);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  stage_.probes.clear();
  stage_.wait(seconds(1));
  EXPECT_THAT(stage_.probes, SizeIs(2)) << "and is asked at once";
  die({"192.0.2.11"}, seconds(5));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "fall is 2, rise is 1";
}

TEST_F(Reload, ACheckMoreIsTakenToSayWhatTheOthersDo) {
  PoolSpec two = slow();
  two.checks.push_back(check_of("tls"));
  serve(kTwo, {slow()});
  die({"192.0.2.12"}, minutes(30));
  reload(two);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_EQ(status_of("192.0.2.11").observed, State::up);
  EXPECT_EQ(status_of("192.0.2.12").observed, State::down);
}

TEST_F(Reload, ACheckLessMayBringAMemberBack) {
  PoolSpec two = pool_of(kWww);
  two.checks.push_back(check_of("tls"));
  serve(kTwo, {two});
  // Its second check alone fails.
  for (int second = 0; second < 30; ++second) {
    stage_.wait(seconds(1));
    keep();
    for (const StartProbe& started : std::exchange(stage_.probes, {})) {
      const bool good = started.check->name == "web" || started.member != address_of("192.0.2.12");
      step(ProbeDone{started.probe, {.good = good, .reason = good ? "" : "no TLS"}});
    }
  }
  ASSERT_THAT(answered(), ElementsAre("192.0.2.11"));
  reload(pool_of(kWww));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Reload, AMemberThatAReloadTurnsUpIsNotRestarted) {
  PoolSpec two = slow();
  two.checks.push_back(check_of("tls"));
  serve(kTwo, {two});
  const auto answer = [this](bool tls) {
    for (const StartProbe& started : std::exchange(stage_.probes, {})) {
      const bool good = tls || started.check->name == "web";
      step(ProbeDone{started.probe, {.good = good, .reason = good ? "" : "no TLS"}});
    }
  };
  for (int i = 0; i < 120; ++i) {
    stage_.wait(seconds(1));
    keep();
    answer(false);
  }
  ASSERT_EQ(restarts_, 1) << "one at a time: the other waits";
  reload(slow());
  stage_.wait(hours(2));
  keep();
  EXPECT_EQ(restarts_, 1);
}

TEST_F(Reload, AnotherPlaceIsProbedSoonWhateverIsUnderWay) {
  serve(kTwo, {slow()});
  stage_.probes.clear();
  while (stage_.probes.empty()) stage_.wait(seconds(1));
  const StartProbe old = stage_.probes.front();
  stage_.probes.clear();
  PoolSpec moved = slow();
  moved.port = 8080;
  reload(moved);
  step(ProbeDone{old.probe, {.good = false, .reason = "refused"}});
  EXPECT_THAT(answered(), SizeIs(2)) << "the probe went to the old place";
  stage_.wait(seconds(1));
  ASSERT_THAT(stage_.probes, SizeIs(2));
  EXPECT_EQ(stage_.probes[0].target.port, 8080);
}

TEST_F(Reload, AMemberThatIsKeptBackStaysSo) {
  PoolSpec manual = pool_of(kWww);
  manual.failback.reset();
  serve(kTwo, {manual});
  die({"192.0.2.12"});
  die({});
  ASSERT_THAT(answered(), ElementsAre("192.0.2.11"));
  manual.checks[0].interval = seconds(7);
  reload(manual);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
}

TEST_F(Reload, AnotherFailbackHoldsForMembersThatAreKeptBack) {
  PoolSpec pool = pool_of(kWww);
  pool.failback.reset();
  serve(kTwo, {pool});
  die({"192.0.2.12"});
  die({}, minutes(2));
  pool.failback = minutes(10);
  reload(pool);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  die({}, minutes(7));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  die({}, minutes(3));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "counted from its return";
  die({"192.0.2.12"});
  die({}, minutes(2));
  pool.failback = minutes(1);
  reload(pool);
  EXPECT_THAT(answered(), SizeIs(2)) << "the new time is over";
}

TEST_F(Reload, AnswersStayFrozen) {
  guard_.max_drop = 40;
  guard_.max_drop_from = 2;
  serve();
  die({"192.0.2.11", "192.0.2.12"});
  ASSERT_THAT(alerts_, Contains(is_told({.kind = NoticeKind::frozen})));
  PoolSpec pool = pool_of(kWww);
  pool.checks[0].interval = seconds(9);
  reload(pool);
  EXPECT_THAT(told_, IsEmpty());
  die({"192.0.2.11", "192.0.2.12"});
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(Reload, APolicyThatTakesAPoolDownIsTold) {
  PoolSpec pool = pool_of(kWww);
  pool.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {pool});
  die({"192.0.2.12"});
  pool.min_healthy = 60;
  reload(pool);
  EXPECT_THAT(answered(), IsEmpty());
  PoolCount count = with({.primaries = 2,
                          .primaries_up = 1,
                          .min_healthy = 60,
                          .when_all_down = WhenAllDown::fail_closed},
                         {{PoolCount::down, 1}, {PoolCount::usable, 1}});
  EXPECT_THAT(alerts_,
              ElementsAre(is_told({.kind = NoticeKind::all_down, .name = kWww}, PoolFacts{count})));
  pool.min_healthy = 50;
  reload(pool);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_THAT(alerts_,
              ElementsAre(is_told({.kind = NoticeKind::not_all_down, .name = kWww}, needs(50))));
}

TEST(SavedHealthOfOthers, IsSavedAgainWithItsAge) {
  const SavedMember member{.pool = name_of("www.example.com"),
                           .address = address_of("192.0.2.11"),
                           .check = "web",
                           .up = false,
                           .age = minutes(2)};
  SavedState state;
  state.health.members = {member};
  Stage stage(state);
  stage.configure({pool_of("www.example.com")}, {"example.com"});
  stage.step(ZoneRefused{name_of("example.com"), "line 1"});
  stage.wait(minutes(3));
  stage.step(Stopping{});
  SavedMember older = member;
  older.age = minutes(5);
  ASSERT_NE(stage.told<SaveHealth>(), nullptr);
  EXPECT_THAT(stage.told<SaveHealth>()->health.members, ElementsAre(older));
  stage.wait(minutes(6));
  stage.step(Stopping{});
  ASSERT_NE(stage.told<SaveHealth>(), nullptr);
  EXPECT_THAT(stage.told<SaveHealth>()->health.members, IsEmpty()) << "it is too old";
}

TEST(SavedHealthOfOthers, AMemberThatWasKeptBackIsUpAndKeptBackAgain) {
  SavedState state;
  for (const char* address : {"192.0.2.11", "192.0.2.12"}) {
    state.health.members.push_back({.pool = name_of("www.example.com"),
                                    .address = address_of(address),
                                    .check = "web",
                                    .up = address == std::string_view("192.0.2.12"),
                                    .kept_back = address == std::string_view("192.0.2.12")});
  }
  Stage stage(state);
  PoolSpec pool = pool_of("www.example.com");
  pool.failback.reset();
  pool.when_all_down = WhenAllDown::fail_closed;
  stage.configure({pool}, {"example.com"});
  stage.step(ZoneBuilt{build("example.com", kTwo, {"www.example.com"})});
  const auto members = stage.roster->status(stage.now).pools.at(0).members;
  EXPECT_EQ(members.at(1).kept_back, KeptBack::failback);
  EXPECT_TRUE(members.at(1).live) << "no other member is up";
  EXPECT_FALSE(members.at(0).live);
}

}  // namespace
}  // namespace rollcall::roster
