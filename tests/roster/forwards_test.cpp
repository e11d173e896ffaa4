/// The port of a member that is down leads to another member, as far as the roster decides.
#include <gmock/gmock.h>

#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ForwardsTest : public testing::Test {
 protected:
  void SetUp() override { serve({.service = "web", .to = {address_of("192.0.2.2")}}); }

  void serve(ForwardSpec forward) {
    PoolSpec www = pool_of("www.example.com");
    www.forward = std::move(forward);
    stage_.configure({www}, {"example.com"});
    step(ZoneBuilt{build("example.com", "www A 192.0.2.1\nwww A 192.0.2.2\nwww A 192.0.2.3\n",
                         {"www.example.com"})});
    run(1min);
    asked_.clear();
  }
  void step(const Event& event) {
    stage_.step(event);
    reply();
  }
  void configure(std::vector<PoolSpec> pools, std::vector<std::string> zones) {
    stage_.configure(std::move(pools), std::move(zones));
    reply();
  }
  void reply() {
    std::vector<AskNode> asks;
    for (const Effect& effect : stage_.effects) {
      if (const auto* live = std::get_if<StoreLive>(&effect)) store(*live);
      if (const auto* ask = std::get_if<AskNode>(&effect)) asks.push_back(*ask);
      if (const auto* notice = std::get_if<Notice>(&effect)) told_.push_back(notice->kind);
    }
    for (const AskNode& ask : asks) {
      const bool begins = ask.task == NodeTask::forward;
      asked_.push_back(ask.node.to_string() +
                       (begins ? " to " + ask.address.to_string() : " ends"));
      step(NodeReplied{
          .ask = ask.ask, .ok = works_, .text = works_ ? "" : "nft: no", .reached = reached_});
    }
  }
  void run(Duration time) {
    const Instant end = stage_.now + time;
    while (stage_.now < end) {
      stage_.wait(500ms);
      reply();
      for (const StartProbe& probe : std::exchange(stage_.probes, {})) {
        const bool good = !dead_.contains(probe.member.to_string());
        step(ProbeDone{probe.probe, {.good = good, .reason = good ? "" : "bad"}});
      }
    }
  }

  Stage stage_;
  std::set<std::string> dead_;
  std::vector<std::string> asked_;
  std::vector<NoticeKind> told_;
  bool works_ = true;
  bool reached_ = true;
};

TEST_F(ForwardsTest, BeginsAtTheFallAndEndsAtTheReturn) {
  dead_ = {"192.0.2.1"};
  run(1min);
  ASSERT_FALSE(asked_.empty());
  EXPECT_EQ(asked_[0], "192.0.2.1 to 192.0.2.2");
  dead_.clear();
  asked_.clear();
  run(2min);
  ASSERT_FALSE(asked_.empty());  // it may have been renewed before
  EXPECT_EQ(asked_.back(), "192.0.2.1 ends");
  EXPECT_EQ(std::ranges::count(asked_, "192.0.2.1 ends"), 1);
}

TEST_F(ForwardsTest, IsRenewedForAnAgentThatHasForgottenIt) {
  dead_ = {"192.0.2.1"};
  run(3min);
  EXPECT_GE(asked_.size(), 4U);
  EXPECT_THAT(asked_, testing::Each("192.0.2.1 to 192.0.2.2"));
}

TEST_F(ForwardsTest, NeedsATargetThatIsUp) {
  dead_ = {"192.0.2.2"};
  run(1min);
  dead_ = {"192.0.2.1", "192.0.2.2"};
  run(1min);
  EXPECT_THAT(asked_, IsEmpty());
  dead_ = {"192.0.2.1"};
  run(2min);
  ASSERT_FALSE(asked_.empty());
  EXPECT_THAT(asked_, testing::Each("192.0.2.1 to 192.0.2.2"));
}

TEST_F(ForwardsTest, IsRepeatedAfterAFailure) {
  works_ = false;
  dead_ = {"192.0.2.3"};
  run(20s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.3 to 192.0.2.2"));
  run(1min);  // after 30 s; and then after a minute
  EXPECT_THAT(asked_, ElementsAre("192.0.2.3 to 192.0.2.2", "192.0.2.3 to 192.0.2.2"));
  works_ = true;
  asked_.clear();
  run(30s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.3 to 192.0.2.2"));
  dead_.clear();
  run(20s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.3 to 192.0.2.2", "192.0.2.3 ends"));
}

TEST_F(ForwardsTest, EndsWhenItIsConfiguredNoLonger) {
  dead_ = {"192.0.2.1"};
  run(1min);
  asked_.clear();
  configure({pool_of("www.example.com")}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1 ends"));
}

TEST_F(ForwardsTest, EndsWhenItsPoolGoes) {
  dead_ = {"192.0.2.1"};
  run(1min);
  asked_.clear();
  configure({}, {});
  run(1min);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1 ends"));
}

TEST_F(ForwardsTest, FailuresStopThemAll) {
  works_ = false;
  dead_ = {"192.0.2.1", "192.0.2.3"};
  run(10min);
  EXPECT_THAT(told_, testing::Contains(NoticeKind::forwards_stopped));
  asked_.clear();
  run(10min);
  EXPECT_THAT(asked_, IsEmpty());
  ASSERT_TRUE(stage_.roster->status(stage_.now).forwards_stopped);
  const auto shown = stage_.roster->status(stage_.now).forwards;
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].problem, "nft: no");
  EXPECT_FALSE(shown[0].to);
  works_ = true;
  step(ThawWanted{.restarts = true, .actor = "ann"});
  run(1s);
  EXPECT_THAT(asked_,
              testing::UnorderedElementsAre("192.0.2.1 to 192.0.2.2", "192.0.2.3 to 192.0.2.2"));
  EXPECT_FALSE(stage_.roster->status(stage_.now).forwards_stopped);
}

TEST_F(ForwardsTest, GoOnAfterAnHour) {
  works_ = false;
  dead_ = {"192.0.2.1"};
  run(10min);
  works_ = true;
  told_.clear();
  run(1h);
  EXPECT_THAT(told_, testing::Contains(NoticeKind::forwards_go_on));
  EXPECT_THAT(told_, testing::Contains(NoticeKind::forwarded));
}

TEST_F(ForwardsTest, AgentsThatCannotBeAskedStopNothing) {
  works_ = reached_ = false;
  dead_ = {"192.0.2.1", "192.0.2.3"};
  run(1h);
  EXPECT_THAT(told_, testing::Not(testing::Contains(NoticeKind::forwards_stopped)));
}

TEST_F(ForwardsTest, ManyBeginTogether) {
  std::string text;
  for (int i = 1; i <= 20; ++i) text += "www A 192.0.2." + std::to_string(i) + "\n";
  PoolSpec www = pool_of("www.example.com");
  www.forward = {.service = "web", .to = {address_of("192.0.2.2")}};
  stage_.configure({www}, {"example.com"});
  step(ZoneBuilt{build("example.com", text, {"www.example.com"})});
  run(1min);
  asked_.clear();
  for (int i = 3; i <= 9; ++i) dead_.insert("192.0.2." + std::to_string(i));
  run(20s);
  EXPECT_EQ(std::set<std::string>(asked_.begin(), asked_.end()).size(), 7U)
      << "each success lets the next ones begin";
}

TEST_F(ForwardsTest, TheStatusShowsThem) {
  dead_ = {"192.0.2.1"};
  run(2min);
  const auto shown = stage_.roster->status(stage_.now).forwards;
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].member, address_of("192.0.2.1"));
  EXPECT_EQ(shown[0].to, address_of("192.0.2.2"));
  EXPECT_GT(shown[0].lasted, 1min);
  EXPECT_EQ(shown[0].problem, "");
}

}  // namespace
}  // namespace rollcall::roster
