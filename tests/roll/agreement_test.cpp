#include "roll/agreement.hpp"

#include <gtest/gtest.h>

#include "desk.hpp"

namespace rollcall::roll {
namespace {

using namespace std::chrono_literals;

class AgreementTest : public Desk {
 protected:
  AgreementTest() {
    probing_.set_limits(Configured{});
    pool_ = add_pool(pool_of("www.example.com"), {"192.0.2.1", "192.0.2.2"});
    probing_.rebind(pool_, fresh(2));
    agreement_.rebind(pool_, fresh(2));
    for (const MemberIndex m : roll_[pool_].members.ids()) {
      probing_.add({pool_, m});
      agreement_.add({pool_, m});
    }
  }
  /// The next probe of each member has this outcome.
  void see(bool good) {
    wait(20s);
    probing_.start_due();
    for (const StartProbe& probe : take<StartProbe>()) {
      probing_.take(ProbeDone{probe.probe, {good, good ? "" : "refused"}}, false);
    }
  }

  PoolIndex pool_;
  Probing probing_{step_, roll_};
  Agreement agreement_{step_, probing_};
};

TEST_F(AgreementTest, NothingIsAgreedOfANewMember) {
  EXPECT_EQ(agreement_.health(ref(pool_, 0)), State::unknown);
  EXPECT_EQ(agreement_.since(ref(pool_, 0)), step_.now);
}

TEST_F(AgreementTest, OneAloneAgreesWithWhatItSees) {
  const Instant added = step_.now;
  see(true);
  const Turn turn = agreement_.follow(ref(pool_, 0));
  EXPECT_EQ(turn.before, State::unknown);
  EXPECT_EQ(turn.agreed, State::up);
  EXPECT_EQ(turn.since, added);
  EXPECT_EQ(agreement_.health(ref(pool_, 0)), State::up);
  EXPECT_EQ(agreement_.since(ref(pool_, 0)), step_.now);
  EXPECT_EQ(agreement_.health(ref(pool_, 1)), State::unknown);  // not followed yet
}

TEST_F(AgreementTest, WhatStaysIsOfTheTimeItBegan) {
  see(true);
  agreement_.follow(ref(pool_, 0));
  const Instant up = step_.now;
  see(true);
  const Turn same = agreement_.follow(ref(pool_, 0));
  EXPECT_EQ(same.agreed, same.before);
  EXPECT_EQ(agreement_.since(ref(pool_, 0)), up);
}

TEST_F(AgreementTest, AFallAndAReturnAreTold) {
  see(true);
  agreement_.follow(ref(pool_, 0));
  see(false);
  const Turn fall = agreement_.follow(ref(pool_, 0));
  EXPECT_TRUE(fall.is_fall());
  EXPECT_FALSE(fall.is_return());
  see(true);
  const Turn back = agreement_.follow(ref(pool_, 0));
  EXPECT_FALSE(back.is_fall());
  EXPECT_TRUE(back.is_return());
}

TEST_F(AgreementTest, AMemberKeepsItsAgeAtAnotherPlace) {
  see(true);
  agreement_.follow(ref(pool_, 1));
  const Instant up = step_.now;
  wait(1min);
  agreement_.rebind(pool_, {MemberIndex{1}, std::nullopt});
  EXPECT_EQ(agreement_.since(ref(pool_, 0)), up);
  EXPECT_EQ(agreement_.health(ref(pool_, 0)), State::up);
  EXPECT_EQ(agreement_.health(ref(pool_, 1)), State::unknown);
  EXPECT_NE(agreement_.left_since({0}), up);  // of the member that left
}

}  // namespace
}  // namespace rollcall::roll
