/// Idle connections to members: what their ends start, and what they do not decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class Tripwires : public ServedPools {
 protected:
  static PoolSpec wired(bool fall_fast = false) {
    PoolSpec pool = pool_of(kWww);
    pool.checks[0].tripwire = true;
    pool.checks[0].fall_fast = fall_fast;
    pool.checks[0].interval = minutes(10);
    pool.checks[0].fall = 3;
    return pool;
  }
  /// Runs step by step, so that the wires asked for are seen.
  void step_and_see(const Event& event) {
    step(event);
    see();
  }
  void see() {
    for (const Effect& effect : stage_.effects) {
      if (const auto* hold = std::get_if<HoldWire>(&effect)) held_.push_back(*hold);
      if (const auto* drop = std::get_if<DropWire>(&effect)) dropped_.push_back(drop->wire);
    }
  }
  void start(PoolSpec pool) {
    stage_.configure({std::move(pool)}, {"example.com"}, guard_);
    load(kTwo);
    see();
    run_for(minutes(21));
  }
  /// Time passes, and every probe is answered at once.
  void run_for(Duration time) {
    const Instant end = stage_.now + time;
    answer_probes();
    while (stage_.now < end) {
      stage_.wait(milliseconds(500));
      keep();
      see();
      answer_probes();
    }
  }
  void answer_probes(Duration after = {}, bool refused = true) {
    for (const StartProbe& started : std::exchange(stage_.probes, {})) {
      ++probes_;
      stage_.now += after;
      health::Outcome outcome = outcome_of(started.member.to_string());
      outcome.refused = refused && !outcome.good;
      step_and_see(ProbeDone{started.probe, outcome});
    }
  }
  const HoldWire& wire_to(std::string_view member) const {
    for (auto wire = held_.rbegin(); wire != held_.rend(); ++wire) {
      if (wire->target.address == address_of(member)) return *wire;
    }
    ADD_FAILURE() << "no wire to " << member;
    return held_.front();
  }
  /// The connection to the member ends.
  void cut(std::string_view member) { step_and_see(WireEnded{wire_to(member).wire}); }

  std::vector<HoldWire> held_;
  std::vector<WireId> dropped_;
  int probes_ = 0;
};

TEST_F(Tripwires, AreHeldToMembersThatAnswer) {
  dead_ = {"192.0.2.12"};
  start(wired());
  ASSERT_EQ(held_.size(), 1U);
  EXPECT_EQ(held_[0].target.address, address_of("192.0.2.11"));
  EXPECT_EQ(held_[0].target.port, pool_of(kWww).checks[0].port);
}

TEST_F(Tripwires, NameTheServiceThatTheAgentWatches) {
  PoolSpec pool = wired();
  pool.restart = "apache";
  pool.members[address_of("192.0.2.12")].restart = "";
  pool.members[address_of("192.0.2.11")].probe_address = address_of("192.0.2.99");
  start(pool);
  ASSERT_EQ(held_.size(), 2U);
  for (const HoldWire& wire : held_) {
    const bool first = wire.member == address_of("192.0.2.11");
    EXPECT_EQ(wire.target.address, address_of(first ? "192.0.2.99" : "192.0.2.12"));
    EXPECT_EQ(wire.service, first ? "apache" : "");
    EXPECT_TRUE(wire.connect);
  }
}

TEST_F(Tripwires, OfACheckWithoutAConnectionAreTheAgentsStream) {
  PoolSpec pool = wired();
  pool.checks[0].how = health::DnsCheck{.query = "example.com."};
  pool.members[address_of("192.0.2.11")].restart = "named";
  start(pool);
  ASSERT_EQ(held_.size(), 1U) << "nothing can be held to the other member";
  EXPECT_FALSE(held_[0].connect);
  EXPECT_EQ(held_[0].member, address_of("192.0.2.11"));
  EXPECT_EQ(held_[0].service, "named");
  probes_ = 0;
  run_for(minutes(60));
  EXPECT_LE(probes_, 2 * 8) << "a member without a wire is probed by the interval";
}

TEST_F(Tripwires, ToAnotherServiceAreNewOnes) {
  PoolSpec pool = wired();
  pool.restart = "apache";
  start(pool);
  const WireId wire = wire_to("192.0.2.12").wire;
  pool.members[address_of("192.0.2.12")].restart = "nginx";
  stage_.configure({pool}, {"example.com"}, guard_);
  load(kTwo);
  see();
  EXPECT_THAT(dropped_, ElementsAre(wire));
  run_for(minutes(21));
  EXPECT_EQ(wire_to("192.0.2.12").service, "nginx");
}

TEST_F(Tripwires, AreHeldByNoOtherCheck) {
  serve();
  see();
  EXPECT_TRUE(held_.empty());
}

TEST_F(Tripwires, AnEndStartsAProbeAtOnceAndIsNoVerdict) {
  start(wired());
  run_for(minutes(1));
  probes_ = 0;
  cut("192.0.2.12");
  EXPECT_EQ(stage_.probes.size(), 1U);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  answer_probes();
  EXPECT_EQ(held_.size(), 3U) << "it answers, and the wire is held again";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Tripwires, OneRefusalIsAnOrdinaryBadProbe) {
  start(wired());
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  answer_probes();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "fall is not reached";
  run_for(seconds(30));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
}

TEST_F(Tripwires, ARefusalAtOnceIsFinalWithFallFast) {
  start(wired(true));
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  answer_probes(milliseconds(1));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
}

TEST_F(Tripwires, ALateRefusalIsNot) {
  start(wired(true));
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  answer_probes(milliseconds(51));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Tripwires, AResetIsAskedAgainUntilItIsARefusal) {
  start(wired(true));
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  for (int reset = 0; reset < 4; ++reset) {
    ASSERT_EQ(stage_.probes.size(), 1U) << reset;
    answer_probes(milliseconds(1), false);
    EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "the resets count once";
    for (int ms = 0; stage_.probes.empty() && ms < 50; ++ms) stage_.wait(milliseconds(1));
  }
  answer_probes(milliseconds(1));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
}

TEST_F(Tripwires, ResetsAreAskedAgainForAMomentOnly) {
  start(wired(true));
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  probes_ = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    answer_probes({}, false);
    stage_.wait(milliseconds(1));
  }
  EXPECT_GE(probes_, 3);
  EXPECT_LE(probes_, 8);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12")) << "the resets count once";
  dead_.clear();
  run_for(seconds(30));
  EXPECT_EQ(wire_to("192.0.2.12").target.address, address_of("192.0.2.12"));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Tripwires, WithoutFallFastAResetIsNotAskedAgainAtOnce) {
  start(wired());
  dead_ = {"192.0.2.12"};
  cut("192.0.2.12");
  answer_probes(milliseconds(1), false);
  stage_.wait(milliseconds(100));
  EXPECT_TRUE(stage_.probes.empty());
}

TEST_F(Tripwires, ARefusalWithoutAnEndIsNot) {
  start(wired(true));
  dead_ = {"192.0.2.12"};
  const Instant end = stage_.now + minutes(11);
  while (stage_.probes.empty() && stage_.now < end) {
    stage_.wait(milliseconds(500));
    keep();
  }
  for (const StartProbe& started : std::exchange(stage_.probes, {})) {
    step(ProbeDone{started.probe, {.good = false, .reason = "refused", .refused = true}});
  }
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Tripwires, AProbeThatBeganBeforeTheEndExplainsNothing) {
  start(wired(true));
  const WireId wire = wire_to("192.0.2.12").wire;
  const Instant end = stage_.now + minutes(12);
  const auto begun = [&] {
    return std::ranges::find(stage_.probes, run_of(wire), &StartProbe::probe) !=
           stage_.probes.end();
  };
  while (!begun() && stage_.now < end) {
    stage_.wait(milliseconds(500));
    keep();
  }
  ASSERT_TRUE(begun());
  stage_.probes.clear();
  stage_.now += milliseconds(1);
  step(WireEnded{wire});
  EXPECT_TRUE(stage_.probes.empty()) << "one at a time";
  step(ProbeDone{run_of(wire), {.good = true, .reason = {}}});
  EXPECT_TRUE(begun()) << "and another at once";
}

TEST_F(Tripwires, AServerThatClosesWhatIsIdleIsAskedLessAndLess) {
  start(wired(true));
  probes_ = 0;
  for (int close = 0; close < 1000; ++close) {
    const std::size_t before = held_.size();
    cut("192.0.2.12");
    answer_probes();
    for (int half = 0; held_.size() == before && half < 4000; ++half) run_for(milliseconds(500));
    ASSERT_GT(held_.size(), before) << close;
  }
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_THAT(alerts_, ElementsAre());
  EXPECT_LE(probes_, 4100) << "one for each end, the others by the interval";
}

TEST_F(Tripwires, AreHeldAgainAtTheFirstGoodProbe) {
  start(wired(true));
  for (int death = 0; death < 3; ++death) {
    dead_ = {"192.0.2.12"};
    cut("192.0.2.12");
    answer_probes();
    EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
    dead_.clear();
    const std::size_t before = held_.size();
    probes_ = 0;
    while (held_.size() == before && probes_ < 10) run_for(milliseconds(500));
    EXPECT_EQ(held_.size(), before + 1) << death;
    EXPECT_EQ(wire_to("192.0.2.12").target.address, address_of("192.0.2.12"));
    ASSERT_LE(probes_, 2) << "one of each member at most";
    run_for(seconds(1));
  }
}

TEST_F(Tripwires, AreLetGoWhereOurOwnHostRunsShort) {
  start(wired());
  ASSERT_EQ(held_.size(), 2U);
  const auto reprobed = [&] {
    run_for(minutes(0));
    const int before = probes_;
    while (probes_ == before) {
      stage_.wait(seconds(1));
      keep();
      see();
      if (stage_.probes.empty()) continue;
      ++probes_;
    }
    const StartProbe probe = stage_.probes.front();
    stage_.probes.erase(stage_.probes.begin());
    return probe;
  };
  step_and_see(ProbeDone{reprobed().probe,
                         {.good = false, .reason = "short", .unknown = true, .scarce = true}});
  EXPECT_EQ(dropped_.size(), 2U);
  run_for(seconds(59));  // both are probed again, and no wire is held
  EXPECT_EQ(held_.size(), 2U);
  run_for(minutes(21));
  EXPECT_EQ(held_.size(), 4U);
}

TEST_F(Tripwires, ThatCouldNotBeHeldSayNothingOfTheirMember) {
  start(wired());
  step_and_see(WireEnded{wire_to("192.0.2.12").wire, true});
  EXPECT_TRUE(stage_.probes.empty());
  EXPECT_THAT(dropped_, ElementsAre(wire_to("192.0.2.11").wire));
}

TEST_F(Tripwires, EndWithTheirMember) {
  start(wired());
  const WireId wire = wire_to("192.0.2.12").wire;
  load("www A 192.0.2.11\n");
  see();
  EXPECT_THAT(dropped_, ElementsAre(wire));
  step(WireEnded{wire});
  EXPECT_TRUE(stage_.probes.empty()) << "the end of a forgotten wire starts no probe";
}

TEST_F(Tripwires, ToMembersThatAreDownAreLetGo) {
  start(wired());
  const WireId wire = wire_to("192.0.2.12").wire;
  dead_ = {"192.0.2.12"};  // its host is gone: no end is told
  run_for(minutes(60));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_THAT(dropped_, ElementsAre(wire));
  const std::size_t before = held_.size();
  dead_.clear();
  run_for(minutes(60));
  EXPECT_EQ(held_.size(), before + 1);
}

TEST_F(Tripwires, AMemberBeyondTheLimitIsProbedAsUsual) {
  Configured event{.pools = {wired(true)}, .origins = {name_of("example.com")}, .max_wires = 1};
  step(event);
  load(kTwo);
  see();
  run_for(minutes(21));
  EXPECT_EQ(held_.size(), 1U);
  probes_ = 0;
  run_for(minutes(100));
  EXPECT_LE(probes_, 22) << "once in ten minutes, give or take the jitter, each of the two";
}

}  // namespace
}  // namespace rollcall::roster
