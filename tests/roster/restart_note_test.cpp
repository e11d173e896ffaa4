/// Why the agent of a member that is down was not asked to restart its service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool/restart_text.hpp"
#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

class RestartNote : public ServedPools {
 protected:
  void serve_one(bool observe = false, std::uint16_t fall = 1) {
    PoolSpec pool = pool_of(kWww);
    pool.restart = "apache";
    pool.observe_only = observe;
    pool.checks[0].fall = fall;
    serve(kTwo, {pool});
  }
  std::string note() const { return note_of(status_of("192.0.2.11").restart_outlook); }
  /// Its agent has replied, and the member is still down.
  void replied() {
    for (const Effect& effect : std::vector<Effect>(stage_.effects)) {
      if (const auto* asked = std::get_if<RestartService>(&effect)) {
        step(AgentReplied{asked->restart, true, ""});
      }
    }
  }
  /// The member is down until its agent has been asked once more.
  void die_and_be_asked() {
    dead_ = {"192.0.2.11"};
    const int before = restarts_;
    for (int i = 0; i < 4000 && restarts_ == before; ++i) {
      stage_.wait(500ms);
      keep();
      if (restarts_ != before) break;
      for (const StartProbe& started : std::exchange(stage_.probes, {})) {
        step(ProbeDone{started.probe, outcome_of(started.member.to_string())});
        if (restarts_ != before) break;
      }
    }
    ASSERT_EQ(restarts_, before + 1);
  }
};

TEST_F(RestartNote, IsEmptyForAMemberThatIsUp) {
  serve_one();
  EXPECT_EQ(note(), "");
}

TEST_F(RestartNote, TellsOfARestartUnderWay) {
  serve_one();
  die_and_be_asked();
  EXPECT_EQ(note(), "under way");
}

TEST_F(RestartNote, TellsOfThePauseAndOfTheBudget) {
  serve_one();
  die_and_be_asked();
  replied();
  EXPECT_EQ(note(), "asked again in 5m: at most once in 5m");
  die_and_be_asked();
  replied();
  die_and_be_asked();
  replied();
  EXPECT_THAT(note(), testing::MatchesRegex("asked again in [0-9]+[ms]: at most 3 times an hour"));
}

TEST_F(RestartNote, TellsOfOverridesAndOfPoolsThatOnlyObserve) {
  serve_one();
  say(OverrideKind::drained, "192.0.2.11");
  die({"192.0.2.11"});
  EXPECT_EQ(note(), "not asked: drained");
  serve_one(true);
  say(OverrideKind::automatic, "192.0.2.11");
  die({"192.0.2.11"});
  EXPECT_EQ(note(), "not asked: observe_only");
}

TEST_F(RestartNote, TellsThatTheMemberAskedForItself) {
  serve_one();
  withdrawn_ = {"192.0.2.11"};
  probe();
  EXPECT_EQ(note(), "not asked: the member itself asks to be left out");
}

}  // namespace
}  // namespace rollcall::roster
