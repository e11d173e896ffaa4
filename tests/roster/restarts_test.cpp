#include "roster/restarts.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/invariant.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RestartsTest : public Desk {
 protected:
  RestartsTest() {
    PoolSpec spec = pool_of("www.example.com");
    spec.restart = "apache";
    pool_ = add_pool(spec, {"192.0.2.1", "192.0.2.2"});
    restarts_.rebind(pool_, fresh(2));
  }
  /// A probe has just said that the member is down.
  void confirm(std::uint32_t member) {
    restarts_.want(ref(pool_, member), true);
    restarts_.confirm(ref(pool_, member));
  }
  /// The restart that was asked for last ends, and has not helped.
  void end() {
    asked();
    restarts_.take(AgentReplied{last_, false, "no"});
  }
  std::vector<std::string> asked() {
    std::vector<std::string> members;
    for (const RestartService& asked : take<RestartService>()) {
      members.push_back(asked.member.to_string());
      last_ = asked.restart;
    }
    return members;
  }

  PoolIndex pool_;
  Restarts restarts_{step_, roll_};
  RestartId last_;
};

TEST_F(RestartsTest, TellsWhatTheNodeKnowsOfTheUnit) {
  confirm(0);
  asked();
  take<Notice>();
  const UnitFacts unit{.state = "failed", .result = "exit-code", .journal = "no configuration\n"};
  restarts_.take(AgentReplied{last_, false, "exit status 1", unit});
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].facts, NoticeFacts(RestartFacts{.service = "apache", .unit = unit}));
}

TEST_F(RestartsTest, OneAtATimeInAPool) {
  confirm(0);
  confirm(1);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1")) << "the other one waits";
  ASSERT_NE(restarts_.open_in(pool_), nullptr);
  EXPECT_EQ(restarts_.open_in(pool_)->service, "apache");

  const auto ended = restarts_.take(AgentReplied{last_, true, "it took 1 s"});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->member, address_of("192.0.2.1"));
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restart_done));
  EXPECT_FALSE(restarts_.take(AgentReplied{last_, true, "again"})) << "it has ended";
  EXPECT_EQ(restarts_.next_due(pool_), ref(pool_, 1)) << "it is to be probed first";
  confirm(1);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.2"));
}

TEST_F(RestartsTest, NotBeforeTheDelayIsOver) {
  restarts_.fell(ref(pool_, 0), 20s);
  confirm(0);
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_EQ(restarts_.next_due(pool_), std::nullopt);
  wait(20s);
  const std::vector<Chore> chores = due();
  ASSERT_EQ(chores.size(), 1U);
  EXPECT_EQ(std::get<TryRestarts>(chores[0]).pool, pool_);
  EXPECT_EQ(restarts_.next_due(pool_), ref(pool_, 0));
  EXPECT_THAT(asked(), IsEmpty()) << "it may be up again: a probe has to confirm that it is down";
  confirm(0);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1"));
}

TEST_F(RestartsTest, AsTheLedgerAllows) {
  confirm(0);
  end();
  confirm(0);
  EXPECT_THAT(asked(), IsEmpty()) << "once in five minutes";
  wait(kRestartPause);
  confirm(0);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1"));
  restarts_.take(AgentReplied{last_, false, "no"});
  wait(kRestartPause);
  confirm(0);
  EXPECT_THAT(asked(), IsEmpty()) << "the second pause is longer";
  wait(kRestartPause * 2);
  confirm(0);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1"));
}

TEST_F(RestartsTest, WhatThreeHaveNotMendedIsGivenUp) {
  for (int i = 0; i < 3; ++i) {
    confirm(0);
    end();
    wait(kRestartPause * 3);
  }
  EXPECT_THAT(told(), IsEmpty());
  confirm(0);
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::restart_given_up);
  EXPECT_TRUE(notices[0].alert);
  EXPECT_EQ(std::get<RestartFacts>(notices[0].facts).tries, 3U);
  EXPECT_TRUE(restarts_.is_given_up(ref(pool_, 0)));
  wait(3h);
  confirm(0);
  EXPECT_THAT(take<RestartService>(), IsEmpty()) << "a person must";
  EXPECT_THAT(told(), IsEmpty()) << "it is said once";
  restarts_.returned(ref(pool_, 0));
  EXPECT_FALSE(restarts_.is_given_up(ref(pool_, 0)));
  confirm(0);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1")) << "it was up meanwhile";
}

TEST_F(RestartsTest, AnOperatorsRestartBeginsAnew) {
  for (int i = 0; i < 3; ++i) {
    confirm(0);
    end();
    wait(kRestartPause * 3);
  }
  confirm(0);
  ASSERT_TRUE(restarts_.is_given_up(ref(pool_, 0)));
  restarts_.take(RestartWanted{{70}, address_of("192.0.2.1"), "apache", "alice"});
  EXPECT_FALSE(restarts_.is_given_up(ref(pool_, 0)));
}

TEST_F(RestartsTest, APoolThatItsOwnNeedsIsNamedOnce) {
  restarts_.waits_for(ref(pool_, 0), name_of("db.example.com"));
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::restart_waits);
  EXPECT_EQ(std::get<RestartFacts>(notices[0].facts).needs, name_of("db.example.com"));
  restarts_.waits_for(ref(pool_, 0), name_of("db.example.com"));
  EXPECT_THAT(told(), IsEmpty());
  restarts_.fell(ref(pool_, 0), 0s);
  restarts_.waits_for(ref(pool_, 0), name_of("db.example.com"));
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restart_waits)) << "another fall";
}

/// Pools of one member each, so that many restarts may be under way.
TEST_F(RestartsTest, ThreeThatDoNotHelpStopAll) {
  std::vector<PoolIndex> pools;
  for (int i = 0; i < 5; ++i) {
    PoolSpec spec = pool_of(fmt::format("w{}.example.com", i));
    spec.restart = "apache";
    pools.push_back(add_pool(spec, {fmt::format("192.0.2.{}", 10 + i)}));
    restarts_.rebind(pools.back(), fresh(1));
    restarts_.want(ref(pools.back(), 0), true);
  }
  for (const PoolIndex pool : pools) restarts_.confirm(ref(pool, 0));
  EXPECT_THAT(asked(), SizeIs(3)) << "the others wait for what becomes of these";
  EXPECT_EQ(restarts_.stop_left(step_.now), std::nullopt);
  wait(kRestartVerdict);
  EXPECT_FALSE(due().empty()) << "then they are looked at again";
  restarts_.confirm(ref(pools[3], 0));
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restarts_stopped));
  EXPECT_EQ(restarts_.stop_left(step_.now), kBreakerTime);
  EXPECT_TRUE(restarts_.resume("alice"));
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restarts_go_on));
  EXPECT_FALSE(restarts_.resume("alice")) << "there is no stop any more";
  restarts_.confirm(ref(pools[3], 0));
  EXPECT_THAT(asked(), ElementsAre("192.0.2.13"));
}

TEST_F(RestartsTest, AStopEndsByItself) {
  PoolSpec spec = pool_of("a.example.com");
  std::vector<PoolIndex> pools;
  for (int i = 0; i < 4; ++i) {
    spec.name = name_of(fmt::format("w{}.example.com", i));
    pools.push_back(add_pool(spec, {fmt::format("192.0.2.{}", 10 + i)}));
    restarts_.rebind(pools.back(), fresh(1));
    restarts_.want(ref(pools.back(), 0), true);
    restarts_.confirm(ref(pools.back(), 0));
  }
  wait(kRestartVerdict);
  restarts_.confirm(ref(pools[3], 0));
  ASSERT_TRUE(restarts_.stop_left(step_.now));
  wait(kBreakerTime);
  restarts_.end_stop();
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restarts_go_on));
  restarts_.end_stop();
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(RestartsTest, AnOperatorsIsRefusedWhereOneIsUnderWay) {
  restarts_.take(RestartWanted{{7}, address_of("192.0.2.2"), "mysql", "alice"});
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::restart_asked);
  EXPECT_EQ(notices[0].actor, "alice");
  EXPECT_EQ(std::get<RestartFacts>(notices[0].facts).service, "mysql");
  restarts_.take(RestartWanted{{8}, address_of("192.0.2.1"), "mysql"});
  const auto refused = take<RestartRefused>();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].restart, RestartId{8});
  restarts_.take(RestartWanted{{9}, address_of("192.0.2.9"), "mysql"});
  const auto unknown = take<Notice>();
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(std::get<RestartFacts>(unknown[0].facts).refusal, RestartFacts::Refusal::no_member);
}

TEST_F(RestartsTest, AMemberThatGoesAndComesBackKeepsItsLedger) {
  confirm(0);
  const Member gone = roll_[ref(pool_, 0)];
  FormerPlaces places(1);
  places[MemberIndex{0}] = MemberIndex{1};
  roll_[pool_].members.erase(roll_[pool_].members.begin());
  restarts_.rebind(pool_, places);
  restarts_.leave(roll_[pool_], gone, {0});
  EXPECT_EQ(restarts_.ledger(ref(pool_, 0)).allowed_from(step_.now), step_.now)
      << "the other member's ledger is empty";
  ASSERT_TRUE(restarts_.has_changed());
  EXPECT_EQ(restarts_.take_changed()->size(), 1U);
  EXPECT_FALSE(restarts_.take_changed()) << "it was taken to be saved";

  FormerPlaces again(2);
  roll_[pool_].members.insert(roll_[pool_].members.begin(), gone);
  again[MemberIndex{1}] = MemberIndex{0};
  restarts_.rebind(pool_, again);
  restarts_.take_over(ref(pool_, 0));
  EXPECT_EQ(restarts_.ledger(ref(pool_, 0)).allowed_from(step_.now), step_.now + kRestartPause);
  restarts_.check_invariants();
}

TEST_F(RestartsTest, ThoseOfTheLastRunCount) {
  restarts_.load({{name_of("www.example.com"), address_of("192.0.2.2"), "", 1min}});
  restarts_.take_over(ref(pool_, 1));
  EXPECT_GT(restarts_.ledger(ref(pool_, 1)).allowed_from(step_.now), step_.now + 3min);
}

}  // namespace
}  // namespace rollcall::roster
