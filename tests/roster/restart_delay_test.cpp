/// From the fall of a member to the restart of its service, and what stands in the way.
#include <gmock/gmock.h>

#include "pool/restart_text.hpp"
#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RestartDelayTest : public testing::Test {
 protected:
  /// www and db, of two and one member; all are up.
  void serve(PoolSpec www) {
    www.restart = "apache";
    PoolSpec db = pool_of("db.example.com");
    stage_.configure({std::move(www), db}, {"example.com"});
    step(ZoneBuilt{build("example.com", "www A 192.0.2.1\nwww A 192.0.2.2\ndb A 192.0.2.9\n",
                         {"www.example.com", "db.example.com"})});
    run(1min);
    asked_.clear();
    told_.clear();
  }
  void step(const Event& event) {
    stage_.step(event);
    keep();
  }
  /// Each probe that is due gets its answer.
  void run(Duration time) {
    const Instant end = stage_.now + time;
    while (stage_.now < end) {
      stage_.wait(500ms);
      keep();
      for (const StartProbe& probe : std::exchange(stage_.probes, {})) {
        const bool good = !dead_.contains(probe.member.to_string());
        step(ProbeDone{probe.probe,
                       {.good = good, .reason = good ? "" : "bad", .refused = !good && refuses_}});
      }
    }
  }
  void keep() {
    for (const Effect& effect : stage_.effects) {
      if (const auto* live = std::get_if<StoreLive>(&effect)) store(*live);
      if (const auto* notice = std::get_if<Notice>(&effect)) told_.push_back(*notice);
      if (const auto* asked = std::get_if<RestartService>(&effect)) {
        asked_.push_back(asked->member.to_string());
        at_ = stage_.now;
        open_ = asked->restart;
      }
    }
  }
  std::vector<NoticeKind> restarts_told() {
    std::vector<NoticeKind> kinds;
    for (const Notice& notice : std::exchange(told_, {})) {
      if (std::holds_alternative<RestartFacts>(notice.facts)) kinds.push_back(notice.kind);
    }
    return kinds;
  }
  std::string note() {
    for (const PoolStatus& pool : stage_.roster->status(stage_.now).pools) {
      if (pool.name == name_of("www.example.com"))
        return note_of(pool.members.at(0).restart_outlook);
    }
    return "no pool";
  }

  Stage stage_;
  std::set<std::string> dead_;
  bool refuses_ = false;
  std::vector<std::string> asked_;
  std::vector<Notice> told_;
  Instant at_{};
  RestartId open_;
};

TEST_F(RestartDelayTest, WhatDoesNotAnswerIsLeftAloneUntilClientsHaveLostIt) {
  serve(pool_of("www.example.com"));
  dead_ = {"192.0.2.1"};
  run(12s);
  ASSERT_THAT(told_, testing::Not(IsEmpty()));
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_THAT(note(), testing::HasSubstr("if it is still down"));
  run(1min);  // the TTL of its records
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1"));
}

TEST_F(RestartDelayTest, WhatComesBackMeanwhileIsNotRestarted) {
  serve(pool_of("www.example.com"));
  dead_ = {"192.0.2.1"};
  run(12s);
  dead_ = {};
  run(5min);
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(RestartDelayTest, WhatRefusesConnectionsIsRestartedAtOnce) {
  serve(pool_of("www.example.com"));
  dead_ = {"192.0.2.1"};
  refuses_ = true;
  run(12s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1"));
}

TEST_F(RestartDelayTest, WhatIsAnsweredAllTheSameIsRestartedAtOnce) {
  serve(pool_of("www.example.com"));
  dead_ = {"192.0.2.1", "192.0.2.2"};  // the pool fails open with the second
  run(12s);
  EXPECT_THAT(asked_, testing::SizeIs(1)) << "the one that fell last";
}

TEST_F(RestartDelayTest, TheConfigurationSaysOtherwise) {
  PoolSpec www = pool_of("www.example.com");
  www.restart_delay = 5min;
  serve(std::move(www));
  dead_ = {"192.0.2.1"};
  refuses_ = true;
  run(4min);
  EXPECT_THAT(asked_, IsEmpty());
  run(90s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1"));
}

TEST_F(RestartDelayTest, NotWhileAPoolThatItNeedsIsDown) {
  PoolSpec www = pool_of("www.example.com");
  www.needs = {name_of("db.example.com")};
  serve(std::move(www));
  dead_ = {"192.0.2.9", "192.0.2.1"};
  refuses_ = true;
  run(2min);
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_EQ(note(), "not asked: db.example.com, which it needs, is down");
  EXPECT_THAT(restarts_told(), ElementsAre(NoticeKind::restart_waits));
  dead_ = {"192.0.2.1"};
  run(30s);
  EXPECT_THAT(asked_, ElementsAre("192.0.2.1"));
}

TEST_F(RestartDelayTest, GivesUpAfterThree) {
  serve(pool_of("www.example.com"));
  dead_ = {"192.0.2.1"};
  for (int minute = 0; minute < 180; ++minute) {
    run(1min);
    if (open_.value != 0) step(AgentReplied{std::exchange(open_, {}), true, "done"});
  }
  EXPECT_EQ(asked_.size(), 3U);
  EXPECT_EQ(std::ranges::count(told_, NoticeKind::restart_given_up, &Notice::kind), 1);
  EXPECT_EQ(note(), "given up: the last restarts have not helped");
}

TEST_F(RestartDelayTest, AnOperatorEndsTheStop) {
  step(ThawWanted{.restarts = true});
  const auto* done = stage_.told<CommandDone>();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->text, "restarts were not stopped");
}

}  // namespace
}  // namespace rollcall::roster
