#include "roster/restarts.hpp"

#include <gmock/gmock.h>

#include "core/invariant.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RestartsTest : public Desk {
 protected:
  RestartsTest() {
    PoolSpec spec = pool_of("www.example.com");
    spec.restart = "apache";
    pool_ = add_pool(spec, {"192.0.2.1", "192.0.2.2"});
    restarts_.rebind(pool_, fresh(2));
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

TEST_F(RestartsTest, OneAtATimeInAPool) {
  restarts_.want(ref(pool_, 0), true);
  restarts_.want(ref(pool_, 1), true);
  restarts_.try_pool(pool_);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1"));
  restarts_.try_pool(pool_);
  EXPECT_THAT(asked(), IsEmpty()) << "one is under way";
  ASSERT_NE(restarts_.open_in(pool_), nullptr);
  EXPECT_EQ(restarts_.open_in(pool_)->service, "apache");

  const auto ended = restarts_.take(AgentReplied{last_, true, "it took 1 s"});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->member, address_of("192.0.2.1"));
  EXPECT_THAT(told(), ElementsAre(NoticeKind::restart_done));
  EXPECT_FALSE(restarts_.take(AgentReplied{last_, true, "again"})) << "it has ended";
  restarts_.try_pool(pool_);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.2"));
}

TEST_F(RestartsTest, AsTheLedgerAllows) {
  restarts_.want(ref(pool_, 0), true);
  restarts_.try_pool(pool_);
  asked();
  restarts_.take(AgentReplied{last_, false, "no"});
  restarts_.want(ref(pool_, 0), true);
  restarts_.try_pool(pool_);
  EXPECT_THAT(asked(), IsEmpty()) << "once in five minutes";
  wait(kRestartPause);
  const std::vector<Chore> chores = due();
  ASSERT_EQ(chores.size(), 1U);
  EXPECT_EQ(std::get<TryRestarts>(chores[0]).pool, pool_);
  restarts_.try_pool(pool_);
  EXPECT_THAT(asked(), ElementsAre("192.0.2.1"));
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
  restarts_.want(ref(pool_, 0), true);
  restarts_.try_pool(pool_);
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
