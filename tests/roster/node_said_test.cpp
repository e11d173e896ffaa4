/// What nodes say of themselves by their agents, on top of their probes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using testing::ElementsAre;

constexpr const char* kFirst = "192.0.2.11";
constexpr const char* kSecond = "192.0.2.12";

class NodesSay : public ServedPools {
 protected:
  void says(const char* node, const std::string& line) {
    step(NodeSaid{address_of(node), read_node_words(line), line});
    stage_.roster->check_invariants();
  }
  static PoolSpec restarted() {
    PoolSpec pool = pool_of(kWww);
    pool.restart = "apache";
    pool.restart_delay = Duration::zero();
    return pool;
  }
};

TEST_F(NodesSay, ThatTheyTakeThemselvesOut) {
  serve(kTwo, {restarted()});
  says(kFirst, "drain # disk");
  EXPECT_THAT(answered(), ElementsAre(kSecond));
  EXPECT_EQ(status_of(kFirst).observed, State::down);
  EXPECT_EQ(status_of(kFirst).reason, "its agent says \"drain # disk\"");
  probe();  // good probes do not help
  EXPECT_THAT(answered(), ElementsAre(kSecond));
  EXPECT_EQ(restarts_, 0);
  says(kFirst, "up");
  EXPECT_THAT(answered(), ElementsAre(kFirst, kSecond));
}

TEST_F(NodesSay, NothingThatBringsADeadMemberBack) {
  serve(kTwo, {restarted()});
  die({kFirst});
  says(kFirst, "up 100%");
  EXPECT_THAT(answered(), ElementsAre(kSecond));
  says(kFirst, "drain");
  says(kFirst, "up");
  EXPECT_THAT(answered(), ElementsAre(kSecond));
}

TEST_F(NodesSay, NoRestartWhileTheyAreDrained) {
  serve(kTwo, {restarted()});
  says(kFirst, "drain");
  die({kFirst});
  EXPECT_EQ(restarts_, 0);
  says(kFirst, "up");
  probe();
  EXPECT_GT(restarts_, 0);
}

TEST_F(NodesSay, APartOfTheirWeight) {
  serve();
  says(kFirst, "50%");
  EXPECT_EQ(status_of(kFirst).percent, 50);
  EXPECT_EQ(status_of(kFirst).share, 0.5);
  percents_[kFirst] = 30;
  probe();
  EXPECT_EQ(status_of(kFirst).percent, 30) << "the least counts";
  percents_.clear();
  says(kFirst, "");
  probe();
  EXPECT_EQ(status_of(kFirst).share, 1);
}

TEST_F(NodesSay, AllThatTheyAreOutAndThePoolFailsOpen) {
  guard_.max_drop = 100;
  serve();
  says(kFirst, "drain");
  says(kSecond, "drain");
  EXPECT_THAT(answered(), ElementsAre(kFirst, kSecond));
}

TEST_F(NodesSay, MoreThanMaxDropAndAnswersFreeze) {
  guard_.max_drop = 30;
  guard_.max_drop_from = 1;
  serve("www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.13\nwww A 192.0.2.14\n");
  for (const char* node : {kFirst, kSecond, "192.0.2.13"}) says(node, "drain");
  EXPECT_TRUE(stage_.roster->status(stage_.now).frozen.has_value());
  EXPECT_EQ(answered().size(), 4U);
}

TEST_F(NodesSay, WhatStaysOverAReload) {
  serve();
  says(kFirst, "drain");
  PoolSpec changed = pool_of(kWww);
  changed.checks.at(0).interval = std::chrono::seconds(20);
  stage_.configure({changed}, {"example.com"}, guard_);
  load(std::string(kTwo) + "www A 192.0.2.13\n");
  probe();
  EXPECT_THAT(answered(), ElementsAre(kSecond, "192.0.2.13"));
  stage_.roster->check_invariants();
}

TEST_F(NodesSay, NothingAgainstAnOperator) {
  serve();
  EXPECT_EQ(say(OverrideKind::forced_up, kFirst).substr(0, 3), "ok:");
  says(kFirst, "drain");
  EXPECT_THAT(answered(), ElementsAre(kFirst, kSecond));
}

}  // namespace
}  // namespace rollcall::roster
