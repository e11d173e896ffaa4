#include "roll/probing.hpp"

#include <gmock/gmock.h>

#include "desk.hpp"

namespace rollcall::roll {
namespace {

using namespace std::chrono_literals;

class ProbingTest : public Desk {
 protected:
  ProbingTest() { probing_.set_limits(Configured{}); }

  void begin(PoolSpec spec, const std::vector<std::string>& members = {"192.0.2.1"}) {
    pool_ = add_pool(std::move(spec), members);
    probing_.rebind(pool_, fresh(members.size()));
    for (const MemberIndex m : roll_[pool_].members.ids()) probing_.add({pool_, m});
  }
  /// The probe that is due next, begun.
  StartProbe next() {
    const auto at = probing_.next_due();
    EXPECT_TRUE(at);
    if (at) step_.now = std::max(step_.now, *at);
    probing_.start_due();
    const auto started = take<StartProbe>();
    EXPECT_EQ(started.size(), 1U);
    return started.empty() ? StartProbe{} : started[0];
  }
  Seen end(const StartProbe& probe, bool good) {
    return probing_.take(ProbeDone{probe.probe, {good, good ? "" : "refused"}}, false);
  }

  PoolIndex pool_;
  Probing probing_{step_, roll_};
};

TEST_F(ProbingTest, ASightingSaysWhatWasAndWhatIs) {
  begin(pool_of("www.example.com"));
  const StartProbe first = next();
  EXPECT_EQ(first.member, address_of("192.0.2.1"));
  EXPECT_EQ(first.target.port, 80);
  const auto up = std::get<Sighting>(end(first, true));
  EXPECT_EQ(up.member, ref(pool_, 0));
  EXPECT_EQ(up.before, State::unknown);
  EXPECT_EQ(up.observed, State::up);
  const auto down = std::get<Sighting>(end(next(), false));
  EXPECT_EQ(down.before, State::up);
  EXPECT_EQ(down.observed, State::down);
  EXPECT_TRUE(down.restart_would_help);
  EXPECT_EQ(probing_.reason(ref(pool_, 0)), "refused");
  EXPECT_EQ(probing_.probes(ref(pool_, 0)), 2U);
}

TEST_F(ProbingTest, AnAnswerThatComesTwiceFindsNothing) {
  begin(pool_of("www.example.com"));
  const StartProbe probe = next();
  end(probe, true);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(end(probe, false)));
  EXPECT_EQ(probing_.observed(ref(pool_, 0)), State::up);
}

TEST_F(ProbingTest, ABadProbeInDoubtSaysSo) {
  PoolSpec spec = pool_of("www.example.com");
  spec.checks[0].fall = 2;
  begin(spec);
  end(next(), true);
  const auto seen = std::get<Sighting>(end(next(), false));
  EXPECT_TRUE(seen.in_doubt);
  EXPECT_EQ(seen.observed, State::up);
}

TEST_F(ProbingTest, WhatCannotBeAskedIsNoOutcome) {
  begin(pool_of("www.example.com"));
  const StartProbe probe = next();
  health::Outcome outcome{.good = false, .reason = "no descriptor"};
  outcome.unknown = true;
  const Seen seen = probing_.take(ProbeDone{probe.probe, outcome}, false);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(seen));
  EXPECT_EQ(probing_.why_unasked(ref(pool_, 0)), "no descriptor");
  end(next(), true);
  EXPECT_EQ(probing_.why_unasked(ref(pool_, 0)), "");
}

TEST_F(ProbingTest, AWitnessIsAskedSoonAndOnce) {
  health::CheckSpec check = check_of("gateway");
  probing_.set_witnesses({{address_of("192.0.2.254"), check}});
  const StartProbe routine = next();
  probing_.ask_witnesses();  // while a probe is under way: another one follows
  EXPECT_TRUE(due().empty());
  const auto word = std::get<WitnessWord>(end(routine, false));
  EXPECT_FALSE(word.heard);
  EXPECT_EQ(word.reason, "refused");
  probing_.ask_witnesses();
  wait(witness_pause(check));
  const auto chores = due();
  ASSERT_EQ(chores.size(), 1U);
  probing_.start_witness(std::get<AskWitness>(chores[0]).witness);
  EXPECT_EQ(take<StartProbe>().size(), 1U);
}

TEST_F(ProbingTest, AReloadKeepsTheVerdictsOfMembersThatMove) {
  begin(pool_of("www.example.com"), {"192.0.2.1", "192.0.2.2"});
  for (int i = 0; i < 2; ++i) {
    const StartProbe probe = next();
    end(probe, probe.member == address_of("192.0.2.1"));
  }
  FormerPlaces places(2);
  places[MemberIndex{0}] = MemberIndex{1};
  places[MemberIndex{1}] = MemberIndex{0};
  std::swap(roll_[pool_].members[MemberIndex{0}], roll_[pool_].members[MemberIndex{1}]);
  EXPECT_FALSE(probing_.rebind(pool_, places)) << "the same checks";
  for (std::uint32_t m = 0; m < 2; ++m) probing_.moved(ref(pool_, m));
  EXPECT_EQ(probing_.observed(ref(pool_, 0)), State::down);
  EXPECT_EQ(probing_.observed(ref(pool_, 1)), State::up);
  probing_.check_invariants();
}

TEST_F(ProbingTest, AWireThatIsCutStartsAProbe) {
  PoolSpec spec = pool_of("www.example.com");
  spec.checks[0].tripwire = true;
  begin(spec);
  end(next(), true);
  const auto held = take<HoldWire>();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_TRUE(probing_.take(WireEnded{held[0].wire}));
  EXPECT_FALSE(probing_.take(WireEnded{held[0].wire})) << "it has ended";
  EXPECT_EQ(probing_.next_due(), step_.now);
}

TEST_F(ProbingTest, SavedHealthIsTakenOver) {
  probing_.load({{name_of("www.example.com"), address_of("192.0.2.1"), "web", false, true, 1min}});
  pool_ = add_pool(pool_of("www.example.com"), {"192.0.2.1"});
  probing_.rebind(pool_, fresh(1));
  EXPECT_TRUE(probing_.add(ref(pool_, 0))) << "it was kept back";
  EXPECT_EQ(probing_.observed(ref(pool_, 0)), State::down);
}

}  // namespace
}  // namespace rollcall::roll
