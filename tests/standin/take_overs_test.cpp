/// A floating address: who has it, while nodes die, come back, and lose sight of each other.
#include "standin/take_overs.hpp"

#include <gmock/gmock.h>

#include "core/random.hpp"
#include "standin/small_network.hpp"

namespace rollcall::standin {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Kind = NoticeKind;

class TakeOversTest : public testing::Test {
 protected:
  /// Takes the address away from its owner for the first time.
  void lose_owner() {
    net.run(1min);
    net.told();
    net.power(kOwner, false);
    net.run(30s);
  }
  SmallNetwork net;
};

TEST_F(TakeOversTest, OwnerGetsItAtTheBeginning) {
  net.run(1min);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
  EXPECT_THAT(net.told(), ElementsAre(Kind::given_back));
}

TEST_F(TakeOversTest, FirstTakerTakesItFromADeadOwner) {
  lose_owner();
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
  EXPECT_THAT(net.told(), ElementsAre(Kind::take_over_asked, Kind::taken_over));
}

TEST_F(TakeOversTest, ItIsGivenBackWhenTheOwnerIsSeenAgain) {
  lose_owner();
  net.told();
  net.power(kOwner, true);
  net.run(30s);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
  ASSERT_EQ(net.notices.size(), 1U);
  EXPECT_EQ(net.notices[0].kind, Kind::given_back);
  EXPECT_EQ(std::get<TakeOverFacts>(net.notices[0].facts).node, at(kFirst));
  EXPECT_TRUE(net.notices[0].alert);
}

TEST_F(TakeOversTest, OneLostPingTakesNothing) {
  net.run(1min);
  net.told();
  net.nodes[kOwner].seen = false;
  net.run(6s);
  net.nodes[kOwner].seen = true;
  net.run(1min);
  EXPECT_THAT(net.told(), IsEmpty());
}

TEST_F(TakeOversTest, NothingIsTakenBeforeTheLinkHasLostTheOwner) {
  net.run(1min);
  net.told();
  net.asked.clear();
  net.power(kOwner, false);
  net.remembered_until = net.now + 2min;
  net.run(110s);
  EXPECT_THAT(net.asked, IsEmpty()) << "no agent is asked, that of the silent owner neither";
  net.run(40s);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
}

TEST_F(TakeOversTest, NothingIsTakenWhileASecondAgentSeesTheOwner) {
  net.run(1min);
  net.told();
  net.nodes[kOwner].seen = false;  // by us alone
  net.run(10min);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
  ASSERT_EQ(net.notices.size(), 1U);
  EXPECT_EQ(net.notices[0].kind, Kind::take_over_waits);
  const auto& facts = std::get<TakeOverFacts>(net.notices[0].facts);
  EXPECT_EQ(facts.wait, TakeOverFacts::Wait::owner_answers);
  EXPECT_EQ(facts.node, at(kFirst));
}

TEST_F(TakeOversTest, NextTakerTakesItWhereTheFirstCannotBeAsked) {
  net.nodes[kFirst].agent = false;
  lose_owner();
  EXPECT_THAT(net.holding(), ElementsAre(kSecond));
}

TEST_F(TakeOversTest, NextTakerTakesItWhereTheFirstFails) {
  net.nodes[kFirst].stuck = true;
  lose_owner();
  EXPECT_THAT(net.holding(), ElementsAre(kSecond));
  EXPECT_THAT(net.told(), ElementsAre(Kind::take_over_asked, Kind::take_over_failed,
                                      Kind::take_over_asked, Kind::taken_over));
}

TEST_F(TakeOversTest, NextTakerTakesItWhenTheFirstDiesToo) {
  lose_owner();
  net.run(10min);  // the address may move again
  net.power(kFirst, false);
  net.run(30s);
  EXPECT_THAT(net.holding(), ElementsAre(kSecond));
}

TEST_F(TakeOversTest, TakerWhoseAgentIsGoneKeepsIt) {
  lose_owner();
  net.run(10min);
  net.nodes[kFirst].agent = false;
  net.run(1h);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
}

TEST_F(TakeOversTest, NobodyIsAskedWhileAnswersAreFrozen) {
  net.doubtful = true;
  lose_owner();
  EXPECT_THAT(net.holding(), IsEmpty());
  EXPECT_THAT(net.told(), ElementsAre(Kind::take_over_waits));
  net.doubtful = false;
  net.run(10s);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
}

TEST_F(TakeOversTest, OwnerThatHasKeptItGetsItAtOnce) {
  net.run(1min);
  net.nodes[kOwner].seen = net.nodes[kOwner].linked = false;
  net.run(1min);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner, kFirst)) << "neither sees the other";
  net.nodes[kOwner].seen = net.nodes[kOwner].linked = true;
  net.asked.clear();
  net.run(15s);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
  ASSERT_FALSE(net.asked.empty());
  EXPECT_EQ(net.asked.back().task, NodeTask::look);
  std::vector<NodeTask> tasks;
  for (const AskNode& ask : net.asked) {
    if (ask.task != NodeTask::look) tasks.push_back(ask.task);
  }
  EXPECT_THAT(tasks, ElementsAre(NodeTask::give_back, NodeTask::take))
      << "the owner announces it anew";
}

TEST_F(TakeOversTest, TakerKeepsItWhileTheOwnersAgentCannotBeAsked) {
  lose_owner();
  net.power(kOwner, true);
  net.nodes[kOwner].agent = false;
  net.run(1min);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
  net.nodes[kOwner].agent = true;
  net.run(10s);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
}

TEST_F(TakeOversTest, TakerGivesItBackWhereTheOwnerHasKeptItWithoutAnAgent) {
  net.run(1min);
  net.nodes[kOwner].seen = net.nodes[kOwner].linked = net.nodes[kOwner].agent = false;
  net.run(1min);
  net.nodes[kOwner].seen = net.nodes[kOwner].linked = true;
  net.run(30s);
  EXPECT_THAT(net.holding(), ElementsAre(kOwner));
}

TEST_F(TakeOversTest, ItMovesAgainOnlyAfterAPause) {
  lose_owner();
  net.power(kOwner, true);
  net.run(30s);
  net.told();
  net.power(kOwner, false);
  net.run(2min);
  EXPECT_THAT(net.holding(), IsEmpty());
  ASSERT_EQ(net.notices.size(), 1U);
  EXPECT_EQ(std::get<TakeOverFacts>(net.notices[0].facts).wait, TakeOverFacts::Wait::just_moved);
  net.run(4min);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
}

TEST_F(TakeOversTest, FailedAttemptsStopThemAllForAnHour) {
  net.nodes[kFirst].stuck = net.nodes[kSecond].stuck = true;
  lose_owner();
  net.run(10min);
  EXPECT_THAT(net.told(), Contains(Kind::take_overs_stopped));
  const std::size_t before = net.asked.size();
  net.nodes[kFirst].stuck = false;
  net.run(5min);
  EXPECT_THAT(net.holding(), IsEmpty());
  for (std::size_t i = before; i < net.asked.size(); ++i) {
    EXPECT_EQ(net.asked[i].task, NodeTask::look);
  }
  net.run(1h);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
  EXPECT_THAT(net.told(),
              ElementsAre(Kind::take_overs_go_on, Kind::take_over_asked, Kind::taken_over));
}

TEST_F(TakeOversTest, AnOperatorEndsTheStop) {
  net.nodes[kFirst].stuck = net.nodes[kSecond].stuck = true;
  lose_owner();
  net.run(10min);
  net.nodes[kFirst].stuck = false;
  EXPECT_TRUE(net.owner.resume("ann"));
  net.run(10s);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
  EXPECT_FALSE(net.owner.resume("ann"));
}

TEST_F(TakeOversTest, TheStatusShowsWhoHasItAndSinceWhen) {
  lose_owner();
  net.run(1min);
  FloatingStatus shown = net.shown();
  EXPECT_EQ(shown.owner_health, State::down);
  ASSERT_EQ(shown.holders.size(), 1U);
  EXPECT_EQ(shown.holders[0].node, at(kFirst));
  ASSERT_TRUE(shown.holders[0].lasted);
  EXPECT_GE(*shown.holders[0].lasted, 1min);
  EXPECT_LT(*shown.holders[0].lasted, 2min);
  EXPECT_EQ(shown.waits.wait, TakeOverFacts::Wait::none);

  SmallNetwork after;  // another run of the server
  after.nodes = net.nodes;
  after.run(1min);
  shown = after.shown();
  ASSERT_EQ(shown.holders.size(), 1U);
  EXPECT_FALSE(shown.holders[0].lasted) << "another run has asked for it";
}

TEST_F(TakeOversTest, TheStatusSaysWhyNobodyTakesIt) {
  net.run(1min);
  net.nodes[kOwner].seen = false;
  net.run(1min);
  const FloatingStatus shown = net.shown();
  EXPECT_THAT(shown.holders, IsEmpty());
  EXPECT_EQ(shown.waits.wait, TakeOverFacts::Wait::owner_answers);
  net.nodes[kOwner].seen = true;
  net.run(1min);
  EXPECT_EQ(net.shown().waits.wait, TakeOverFacts::Wait::none);
}

TEST_F(TakeOversTest, ANewRunAsksWhoHasIt) {
  lose_owner();
  SmallNetwork after;
  after.nodes = net.nodes;
  after.run(5min);
  EXPECT_THAT(after.holding(), ElementsAre(kFirst));
  EXPECT_THAT(after.told(), IsEmpty());
  after.power(kOwner, true);
  after.run(30s);
  EXPECT_THAT(after.holding(), ElementsAre(kOwner));
}

TEST_F(TakeOversTest, AReloadKeepsWhatIsKnown) {
  lose_owner();
  net.asked.clear();
  net.configure({kFirst, kSecond});
  EXPECT_THAT(net.asked, IsEmpty());
  net.configure({kSecond, kFirst});  // another order: all is asked anew
  net.run(1min);
  EXPECT_THAT(net.holding(), ElementsAre(kFirst));
}

/// Whatever happens to nodes and paths: once all is well, the owner alone has its address.
TEST(TakeOversStory, EndsWithTheOwner) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    SmallNetwork net;
    Random random(seed);
    const std::vector<std::string> names{kOwner, kFirst, kSecond};
    for (int i = 0; i < 40; ++i) {
      const std::string& name = names[random.below(3)];
      SmallNetwork::Node& node = net.nodes[name];
      switch (random.below(6)) {
        case 0:
          net.power(name, !node.powered);
          break;
        case 1:
          node.seen = !node.seen;
          break;
        case 2:
          node.linked = !node.linked;
          break;
        case 3:
          node.agent = !node.agent;
          break;
        case 4:
          node.stuck = !node.stuck;
          break;
        default:
          net.doubtful = !net.doubtful;
      }
      net.run(std::chrono::seconds(random.below(120)));
      // Two nodes that see each other have it only until the next rounds.
    }
    for (const std::string& name : names) {
      net.power(name, true);
      net.nodes[name] = {.holds = net.nodes[name].holds};
    }
    net.doubtful = false;
    net.run(1min);
    ASSERT_THAT(net.holding(), ElementsAre(kOwner));
  }
}

}  // namespace
}  // namespace rollcall::standin
