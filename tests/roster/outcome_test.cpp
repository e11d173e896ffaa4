// What the roster makes of outcomes beyond good and bad, of several checks, and of where probes go.
#include <gtest/gtest.h>

#include "roster/stage.hpp"
#include "roster/told.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr const char* kZone = "www A 192.0.2.80\nwww A 192.0.2.81\n";

/// Answers every open probe of `member` that belongs to `check`.
void answer(Stage& stage, const health::Outcome& outcome, std::string_view check = "",
            std::string_view member = "192.0.2.80") {
  for (const StartProbe& probe : std::exchange(stage.probes, {})) {
    const bool meant =
        probe.member == address_of(member) && (check.empty() || probe.check->name == check);
    if (meant) {
      stage.step(ProbeDone{probe.probe, outcome});
      stage.answered.insert(stage.answered.end(), stage.effects.begin(), stage.effects.end());
    } else {
      stage.probes.push_back(probe);
    }
  }
}

health::Outcome good() {
  return {.good = true, .reason = {}};
}
health::Outcome bad(std::string reason) {
  return {.good = false, .reason = std::move(reason)};
}
health::Outcome degraded() {
  return {.good = true, .reason = "certificate expires soon", .degraded = true};
}

std::vector<Notice> alerts(const Stage& stage) {
  std::vector<Notice> found;
  for (const Effect& effect : stage.answered) {
    const auto* notice = std::get_if<Notice>(&effect);
    if (notice != nullptr && notice->alert) found.push_back(*notice);
  }
  return found;
}

class Outcomes : public testing::Test {
 protected:
  void start(PoolSpec pool) {
    stage_.configure({std::move(pool)}, {"a.b"});
    stage_.step(ZoneBuilt{build("a.b", kZone, {"www.a.b"})});
    stage_.wait(2s);  // the first round has begun
  }
  MemberStatus member(std::size_t index = 0) {
    return stage_.roster->status(stage_.now).pools.at(0).members.at(index);
  }
  bool restart_asked() const {
    return std::ranges::any_of(stage_.answered, [](const Effect& effect) {
      return std::holds_alternative<RestartService>(effect);
    });
  }
  /// The mask stored last; nothing where the answers have not changed.
  std::optional<std::uint64_t> stored_mask() const {
    std::optional<std::uint64_t> mask;
    for (const Effect& effect : stage_.answered) {
      const auto* masks = std::get_if<StoreLive>(&effect);
      if (masks != nullptr && !masks->changes.empty()) mask = masks->changes.back().mask_after;
    }
    return mask;
  }

  Stage stage_;
};

TEST_F(Outcomes, ADegradedMemberIsAnsweredAndTold) {
  start(pool_of("www.a.b"));
  answer(stage_, good(), "", "192.0.2.81");
  stage_.answered.clear();
  answer(stage_, degraded());
  EXPECT_THAT(alerts(stage_), ElementsAre(is_told({.kind = NoticeKind::degraded,
                                                   .name = "www.a.b",
                                                   .member = "192.0.2.80",
                                                   .reason = "certificate expires soon"})));
  EXPECT_EQ(stored_mask(), 0b11U) << "published after the first round, with all members";
  EXPECT_TRUE(member().degraded);
  EXPECT_TRUE(member().live);
  EXPECT_EQ(member().observed, State::up);
  EXPECT_EQ(member().reason, "certificate expires soon");

  stage_.answered.clear();
  stage_.wait(11s);
  answer(stage_, degraded());
  EXPECT_TRUE(alerts(stage_).empty());  // once is enough
  EXPECT_EQ(stored_mask(), std::nullopt);
  stage_.wait(11s);
  answer(stage_, good());
  EXPECT_THAT(alerts(stage_),
              ElementsAre(is_told(
                  {.kind = NoticeKind::not_degraded, .name = "www.a.b", .member = "192.0.2.80"})));
  EXPECT_FALSE(member().degraded);
}

TEST_F(Outcomes, ADegradedMemberThatGoesDownIsDown) {
  start(pool_of("www.a.b"));
  answer(stage_, degraded());
  stage_.answered.clear();
  stage_.wait(11s);
  answer(stage_, bad("refused"));
  EXPECT_THAT(alerts(stage_), ElementsAre(is_told({.kind = NoticeKind::dropped,
                                                   .name = "www.a.b",
                                                   .member = "192.0.2.80",
                                                   .reason = "refused"})));
  EXPECT_FALSE(member().degraded);
}

TEST_F(Outcomes, AMemberThatWithdrawsIsNotRestarted) {
  PoolSpec pool = pool_of("www.a.b");
  pool.restart = "apache";
  pool.restart_delay = 0s;
  start(std::move(pool));
  answer(stage_, {.good = false, .reason = "the agent says \"drain\"", .withdrawn = true});
  EXPECT_EQ(member().observed, State::down);
  EXPECT_FALSE(restart_asked());
  stage_.wait(11s);
  answer(stage_, bad("refused"));
  EXPECT_TRUE(restart_asked());
}

TEST_F(Outcomes, TheShareThatAMemberAsksForIsKept) {
  start(pool_of("www.a.b"));
  answer(stage_, {.good = true, .reason = {}, .percent = 75});
  EXPECT_EQ(member().percent, 75);
  EXPECT_EQ(member(1).percent, std::nullopt);
}

TEST_F(Outcomes, AnyOfTwoChecks) {
  PoolSpec pool = pool_of("www.a.b", {"web", "ping"});
  pool.needed = 1;
  start(std::move(pool));
  EXPECT_EQ(stage_.roster->status(stage_.now).pools.at(0).checks, "1 of web, ping");
  answer(stage_, bad("refused"), "web");
  EXPECT_EQ(member().observed, State::unknown);
  answer(stage_, good(), "ping");
  EXPECT_EQ(member().observed, State::up);
  EXPECT_EQ(member().reason, "refused");
  stage_.wait(11s);
  answer(stage_, bad("timed out"), "ping");
  EXPECT_EQ(member().observed, State::down);
}

TEST_F(Outcomes, TwoOfThreeChecks) {
  PoolSpec pool = pool_of("www.a.b", {"web", "ping", "tls"});
  pool.needed = 2;
  start(std::move(pool));
  answer(stage_, good(), "web");
  answer(stage_, bad("timed out"), "ping");
  EXPECT_EQ(member().observed, State::unknown);
  answer(stage_, good(), "tls");
  EXPECT_EQ(member().observed, State::up);
  stage_.wait(11s);
  answer(stage_, bad("refused"), "tls");
  EXPECT_EQ(member().observed, State::down);
}

TEST_F(Outcomes, ProbesGoWhereTheyAreSent) {
  PoolSpec pool = pool_of("www.a.b");
  pool.port = 8080;
  pool.members[address_of("192.0.2.80")] = {.probe_address = address_of("2001:db8::1"), .port = 81};
  start(std::move(pool));
  std::map<std::string, std::string> targets;
  for (const StartProbe& probe : stage_.probes) {
    targets[probe.member.to_string()] = probe.target.to_string();
  }
  EXPECT_EQ(targets, (std::map<std::string, std::string>{{"192.0.2.80", "[2001:db8::1]:81"},
                                                         {"192.0.2.81", "192.0.2.81:8080"}}));
}

TEST_F(Outcomes, ByDefaultProbesGoToTheMemberAndTheChecksPort) {
  start(pool_of("www.a.b"));
  ASSERT_FALSE(stage_.probes.empty());
  for (const StartProbe& probe : stage_.probes) {
    EXPECT_EQ(probe.target, (Endpoint{probe.member, 80}));
  }
}

health::Outcome unknown() {
  return {.good = false,
          .reason = "Too many open files",
          .silent = true,
          .unknown = true,
          .scarce = true};
}

TEST_F(Outcomes, WhatOurOwnHostCouldNotAskChangesNothing) {
  PoolSpec pool = pool_of("www.a.b");
  pool.checks[0].jitter = 0;
  start(std::move(pool));
  answer(stage_, degraded());
  answer(stage_, bad("status 503"), "", "192.0.2.81");
  stage_.answered.clear();
  stage_.wait(11s);
  ASSERT_EQ(stage_.probes.size(), 2U);
  answer(stage_, unknown());
  answer(stage_, unknown(), "", "192.0.2.81");
  EXPECT_TRUE(alerts(stage_).empty());
  EXPECT_EQ(stored_mask(), std::nullopt);
  EXPECT_EQ(member(0).observed, State::up);
  EXPECT_EQ(member(0).reason, "certificate expires soon; cannot probe: Too many open files");
  EXPECT_TRUE(member(0).degraded);
  EXPECT_EQ(member(1).observed, State::down);
  EXPECT_EQ(member(1).reason, "status 503; cannot probe: Too many open files");
  EXPECT_EQ(member(1).probes, 1U);
  stage_.wait(1999ms);
  EXPECT_TRUE(stage_.probes.empty());
  stage_.wait(1ms);
  EXPECT_EQ(stage_.probes.size(), 2U) << "both are probed again after fast_interval";
  answer(stage_, bad("status 503"), "", "192.0.2.81");
  EXPECT_EQ(member(1).reason, "status 503");
}

TEST_F(Outcomes, AMemberThatCouldNeverBeAskedIsUnknownAndAnsweredInTheEnd) {
  start(pool_of("www.a.b"));
  answer(stage_, unknown());
  answer(stage_, unknown(), "", "192.0.2.81");
  EXPECT_EQ(stage_.roster->status(stage_.now).zones.at(0).state, ZoneState::not_ready);
  stage_.wait(kReadyLimit);
  EXPECT_EQ(stage_.roster->status(stage_.now).zones.at(0).state, ZoneState::served);
  EXPECT_EQ(member().observed, State::unknown);
  EXPECT_TRUE(member().live);
}

TEST_F(Outcomes, AnUnreadFileYieldsToWhatIsKnown) {
  const health::Outcome unread{
      .good = false, .reason = "no such file", .silent = true, .yields = true};
  PoolSpec pool = pool_of("www.a.b");
  pool.checks[0].how = health::FileCheck{.file = "/states"};
  start(std::move(pool));
  answer(stage_, unread);
  EXPECT_EQ(member().observed, State::down) << "nothing else is known";
  EXPECT_EQ(member().reason, "no such file");
  answer(stage_, good(), "", "192.0.2.81");
  stage_.wait(11s);
  answer(stage_, unread, "", "192.0.2.81");
  EXPECT_EQ(member(1).observed, State::up);
}

TEST_F(Outcomes, AFileThatWasWrittenIsReadAtOnce) {
  PoolSpec pool = pool_of("www.a.b");
  pool.checks[0].how = health::FileCheck{.file = "/states"};
  start(std::move(pool));
  answer(stage_, good());
  answer(stage_, good(), "", "192.0.2.81");
  ASSERT_TRUE(stage_.probes.empty());
  stage_.step(FileChanged{"/other"});
  EXPECT_TRUE(stage_.probes.empty());
  stage_.step(FileChanged{"/states"});
  EXPECT_EQ(stage_.probes.size(), 2U);
}

}  // namespace
}  // namespace rollcall::roster
