#include "roster/guard.hpp"

#include <gmock/gmock.h>

#include "core/invariant.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class GuardTest : public Desk {
 protected:
  /// A pool of members that are up.
  void begin(std::size_t members, GuardSpec spec = {}) {
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < members; ++i)
      addresses.push_back("192.0.2." + std::to_string(i + 1));
    const PoolSpec pool = pool_of("www.example.com");
    pool_ = add_pool(pool, addresses);
    Configured event{.pools = {pool}, .origins = {}, .guard = std::move(spec)};
    probing_.set_limits(event);
    if (guard_.configure(event)) probing_.set_witnesses(event.guard.witnesses);
    const FormerPlaces places = fresh(members);
    probing_.rebind(pool_, places);
    agreement_.rebind(pool_, places);
    overrides_.rebind(pool_, places);
    returns_.rebind(pool_, places);
    guard_.rebind(pool_, places);
    for (const MemberIndex m : roll_[pool_].members.ids()) {
      probing_.add({pool_, m});
      agreement_.add({pool_, m});
      guard_.add({pool_, m});
    }
    guard_.recount();
    wait(2s);
    probing_.start_due();
    for (const StartProbe& probe : take<StartProbe>()) see(probe.probe, true);
    take<Notice>();
  }
  Seen see(RunId probe, bool good) {
    Seen seen = probing_.take(ProbeDone{probe, {good, good ? "" : "refused"}}, false);
    const auto* its = std::get_if<Sighting>(&seen);
    if (its != nullptr && good) agreement_.follow(its->member);
    if (its != nullptr && good) guard_.follow(its->member);
    if (const auto* word = std::get_if<WitnessWord>(&seen)) guard_.take(*word);
    return seen;
  }
  /// The next probes of the first members are bad.
  /// @return how the last of the falls was taken
  Guard::Fall fall(std::size_t count) {
    Guard::Fall fall = Guard::Fall::ignored;
    wait(20s);
    probing_.start_due();
    const auto probes = take<StartProbe>();
    for (std::uint32_t m = 0; m < count; ++m) {
      for (const StartProbe& probe : probes) {
        if (probe.member != roll_[ref(pool_, m)].address) continue;
        const auto seen = std::get<Sighting>(see(probe.probe, false));
        fall = guard_.fell(agreement_.follow(seen.member));
        if (fall == Guard::Fall::isolates) return fall;
        guard_.follow(seen.member);
      }
    }
    return fall;
  }

  PoolIndex pool_;
  Probing probing_{step_, roll_};
  Agreement agreement_{step_, probing_};
  Overrides overrides_{step_, roll_};
  Returns returns_{step_, roll_};
  Guard guard_{step_, roll_, agreement_, overrides_, returns_};
};

TEST_F(GuardTest, FewFallsCount) {
  begin(10);
  EXPECT_EQ(fall(5), Guard::Fall::counts);
  EXPECT_EQ(guard_.judged(ref(pool_, 0)), State::down);
  EXPECT_TRUE(guard_.alert_wait().wanted);
  guard_.check_invariants();
}

TEST_F(GuardTest, AMassDropIsTakenBack) {
  begin(10);
  ASSERT_EQ(fall(10), Guard::Fall::isolates);
  guard_.freeze();
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(std::get<FreezeFacts>(notices[0].facts),
            (FreezeFacts{.why = Isolation::mass_drop, .fallen = 6, .members = 10, .window = 10s}));
  EXPECT_EQ(guard_.held(), 6U);
  EXPECT_EQ(guard_.judged(ref(pool_, 0)), State::up) << "it is taken back";
  EXPECT_TRUE(guard_.is_held(ref(pool_, 0)));
  EXPECT_FALSE(guard_.alert_wait().wanted) << "the freeze has its own alert";
  guard_.check_invariants();
}

TEST_F(GuardTest, AThawLetsJudgementFollow) {
  begin(10);
  ASSERT_EQ(fall(10), Guard::Fall::isolates);
  guard_.freeze();
  take<Notice>();
  guard_.begin_thaw();
  for (std::uint32_t m = 0; m < 10; ++m) {
    if (guard_.is_held(ref(pool_, m))) guard_.note_late_fall(ref(pool_, m));
    guard_.follow(ref(pool_, m));
  }
  guard_.tell_thaw(ThawFacts::Cause::an_operator, false, {}, "alice");
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(std::get<ThawFacts>(notices[0].facts).held, 6U);
  EXPECT_EQ(notices[0].actor, "alice");
  EXPECT_EQ(guard_.judged(ref(pool_, 0)), State::down);
  guard_.check_invariants();
}

TEST_F(GuardTest, AMemberUnderAnOverrideDoesNotCount) {
  begin(10);
  for (std::uint32_t m = 0; m < 10; ++m) {
    overrides_.give(ref(pool_, m),
                    std::make_shared<const Override>(OverrideKind::drained, std::nullopt, ""));
  }
  guard_.recount();
  EXPECT_EQ(fall(10), Guard::Fall::ignored);
}

TEST_F(GuardTest, AWitnessHasAVoteOnceItHasAnswered) {
  begin(2, {.witnesses = {{address_of("192.0.2.254"), check_of("gateway")}}});
  EXPECT_FALSE(guard_.is_unwitnessed()) << "it has answered in the first round";
  Guard other{step_, roll_, agreement_, overrides_, returns_};
  Configured event{.pools = {}, .origins = {}};
  event.guard.witnesses = {{address_of("192.0.2.254"), check_of("gateway")}};
  other.configure(event);
  EXPECT_TRUE(other.is_unwitnessed());
  const auto heard = other.take(WitnessWord{.witness = {0}, .heard = true, .asked = step_.now});
  EXPECT_TRUE(heard.first_vote);
  EXPECT_FALSE(other.is_unwitnessed());
  std::vector<SavedWitness> saved;
  other.add_saved(saved);
  EXPECT_EQ(saved.size(), 1U);
  EXPECT_THAT(told(), ElementsAre(NoticeKind::witness_heard));
}

TEST_F(GuardTest, AJudgementThatDoesNotFollowBreaksAnInvariant) {
  set_on_broken_invariant([](const std::string& line) { throw BrokenInvariant(line); });
  begin(1);
  guard_.check_invariants();
  wait(20s);
  probing_.start_due();
  see(take<StartProbe>().at(0).probe, false);
  agreement_.follow(ref(pool_, 0));
  EXPECT_THROW(guard_.check_invariants(), BrokenInvariant);
  set_on_broken_invariant(nullptr);
}

}  // namespace
}  // namespace rollcall::roster
