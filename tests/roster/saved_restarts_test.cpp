/// Restarts that were asked for count after a restart of the server, and after a member's absence.
#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOne = "www A 192.0.2.11\nwww A 192.0.2.12\n";

class SavedRestartsTest : public testing::Test {
 protected:
  void serve(SavedState saved = {}) {
    stage_ = std::make_unique<Stage>(std::move(saved));
    saved_at_ = stage_->now;  // the saved ages count from now
    load({pool()});
  }
  static PoolSpec pool() {
    PoolSpec pool = pool_of("www.example.com");
    pool.restart = "apache";
    pool.restart_delay = 0s;
    return pool;
  }
  void load(std::vector<PoolSpec> pools) {
    stage_->configure(std::move(pools), {"example.com"});
    keep();
    stage_->step(ZoneBuilt{build("example.com", kOne, {"www.example.com"})});
    keep();
  }
  void keep() {
    for (const Effect& effect : stage_->effects) {
      if (const auto* saved = std::get_if<SaveRestarts>(&effect)) {
        saved_ = saved->restarts;
        saved_at_ = stage_->now;
      }
      const auto* restart = std::get_if<RestartService>(&effect);
      if (restart == nullptr) continue;
      asked_.push_back(stage_->now);
      open_.push_back(restart->restart);
    }
  }
  /// The member is dead, and every restart of it fails.
  void live(Duration time) {
    const Instant end = stage_->now + time;
    while (stage_->now < end) {
      stage_->wait(500ms);
      keep();
      for (const StartProbe& probe : std::exchange(stage_->probes, {})) {
        const bool good = probe.member != address_of("192.0.2.11");
        stage_->step(ProbeDone{probe.probe, {good, good ? "" : "refused"}});
        keep();
      }
      for (const RestartId id : std::exchange(open_, {})) {
        stage_->step(AgentReplied{id, false, "it does not start"});
        keep();
      }
    }
  }
  std::unique_ptr<Stage> stage_;
  std::vector<SavedRestart> saved_;
  Instant saved_at_{};
  std::vector<Instant> asked_;
  std::vector<RestartId> open_;
};

TEST_F(SavedRestartsTest, AreSavedSoonAfterTheyWereAskedFor) {
  serve();
  live(1min);
  ASSERT_EQ(asked_.size(), 1U);
  ASSERT_EQ(saved_.size(), 1U);
  EXPECT_EQ(saved_[0].address, address_of("192.0.2.11"));
  EXPECT_EQ(saved_[0].pool, name_of("www.example.com"));
  EXPECT_LE(saved_[0].age, kSaveDelay + 1s);
}

TEST_F(SavedRestartsTest, ADeadNodeIsNotAskedAgainByEveryRestartOfTheServer) {
  SavedState state;
  std::size_t asked = 0;
  for (int run = 0; run < 10; ++run) {
    serve(state);
    live(50s);
    asked += std::exchange(asked_, {}).size();
    for (SavedRestart& one : saved_) one.age += stage_->now - saved_at_;
    state.restarts = saved_;
  }
  EXPECT_EQ(asked, 2U) << "in 8 minutes: at the start, and after 5 minutes";
}

/// By the calendar, in whole milliseconds, a restart may seem older than it is.
TEST_F(SavedRestartsTest, APauseIsNotCutShortByTheCalendar) {
  SavedState state;
  state.restarts = {
      {name_of("www.example.com"), address_of("192.0.2.11"), "", kRestartPause - 20s}};
  serve(state);
  const Instant begin = stage_->now;
  live(30s);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_GT(asked_[0], begin + 20s);
}

TEST_F(SavedRestartsTest, AMemberThatWasAwayIsTheSame) {
  serve();
  live(1min);
  ASSERT_EQ(asked_.size(), 1U);
  load({});
  load({pool()});
  live(1min);
  EXPECT_EQ(asked_.size(), 1U);
  live(5min);
  EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(SavedRestartsTest, OldOnesAreForgotten) {
  serve();
  live(30s);
  SavedState state;
  state.restarts = saved_;
  for (SavedRestart& one : state.restarts) one.age = kRestartWindow;
  state.restarts.push_back({name_of("gone.example.com"), address_of("192.0.2.99"), "", 10min});
  serve(state);
  asked_.clear();
  live(30s);
  EXPECT_EQ(asked_.size(), 1U);
  EXPECT_EQ(saved_.size(), 2U) << "the new one, and that of a member that may come back";
}

TEST(RestartLedger, TellsWhichCountStill) {
  RestartLedger ledger;
  const Instant begin{100h};
  EXPECT_TRUE(ledger.recent(begin).empty());
  for (int i = 0; i < 5; ++i) ledger.note(begin + i * 10min);
  EXPECT_EQ(ledger.recent(begin + 40min),
            (std::vector<Instant>{begin + 20min, begin + 30min, begin + 40min}));
  EXPECT_EQ(ledger.recent(begin + 90min), (std::vector<Instant>{begin + 40min}));
}

}  // namespace
}  // namespace rollcall::roster
