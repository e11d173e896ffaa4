#include "roster/returns.hpp"

#include <gmock/gmock.h>

#include "pool/shares.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ReturnsTest : public Desk {
 protected:
  void begin(PoolSpec spec) {
    pool_ = add_pool(std::move(spec), {"192.0.2.1", "192.0.2.2"});
    returns_.rebind(pool_, fresh(2));
  }
  void fall() {
    returns_.judged(ref(pool_, 0), State::up, State::down);
    returns_.judged(ref(pool_, 0), State::down, State::up);
  }
  void see() {  // as Roster::view() makes a view
    const bool kept_back = returns_.past(ref(pool_, 0)).keeps_back();
    views_[ref(pool_, 0)] = {
        .observed = State::up, .judged = State::up, .kept_back = kept_back, .counted = !kept_back};
  }

  PoolIndex pool_;
  Returns returns_{step_, roll_};
};

TEST_F(ReturnsTest, FlapsKeepAMemberBackUntilThePenaltyHasDecayed) {
  PoolSpec spec = pool_of("www.example.com");
  spec.flap_damping = true;
  begin(spec);
  fall();
  fall();
  EXPECT_FALSE(returns_.past(ref(pool_, 0)).keeps_back());
  fall();
  const Past past = returns_.past(ref(pool_, 0));
  ASSERT_TRUE(past.damped_until);
  EXPECT_FALSE(returns_.past(ref(pool_, 1)).keeps_back());
  wait(*past.damped_until - step_.now - 1s);
  EXPECT_THAT(due(), IsEmpty());
  wait(1s);
  EXPECT_EQ(due().size(), 1U);
}

TEST_F(ReturnsTest, FailbackEndsByItself) {
  PoolSpec spec = pool_of("www.example.com");
  spec.failback = 10s;
  begin(spec);
  fall();
  see();
  EXPECT_FALSE(returns_.release_due(pool_, *this));
  wait(10s);
  struct Seeing : MemberViews {  // reads what the owner says at the moment
    const Returns& returns;
    explicit Seeing(const Returns& its) : returns(its) {}
    MemberView view(MemberRef ref) const override {
      return {.kept_back = returns.past(ref).keeps_back()};
    }
    bool is_normal() const override { return false; }
  };
  EXPECT_TRUE(returns_.release_due(pool_, Seeing(returns_)));
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(std::get<MemberFacts>(notices[0].facts).fate, Fate::released);
  EXPECT_FALSE(returns_.past(ref(pool_, 0)).keeps_back());
}

TEST_F(ReturnsTest, ManualFailbackWaitsForAnOperator) {
  PoolSpec spec = pool_of("www.example.com");
  spec.failback = std::nullopt;
  begin(spec);
  fall();
  EXPECT_EQ(returns_.past(ref(pool_, 0)).waits_until, kForEver);
  EXPECT_TRUE(returns_.forgive(ref(pool_, 0)));
  EXPECT_FALSE(returns_.forgive(ref(pool_, 0)));
}

TEST_F(ReturnsTest, AFirstProbeThatIsBadIsNoFall) {
  PoolSpec spec = pool_of("www.example.com");
  spec.flap_damping = true;
  begin(spec);
  returns_.judged(ref(pool_, 0), State::unknown, State::down);
  EXPECT_EQ(returns_.past(ref(pool_, 0)), Past{});
}

TEST_F(ReturnsTest, AShareGrowsAfterAReturn) {
  PoolSpec spec = pool_of("www.example.com");
  spec.ramp_up = 10s;
  begin(spec);
  EXPECT_EQ(returns_.share(ref(pool_, 0), 100), kWholeShare);
  views_[ref(pool_, 0)] = {.counted = false};
  returns_.note_counted(pool_, *this);
  views_.clear();
  returns_.note_counted(pool_, *this);
  EXPECT_EQ(returns_.share(ref(pool_, 0), 100), kWholeShare / 10);
  EXPECT_EQ(returns_.share(ref(pool_, 0), 0), 0U) << "it asks for nothing";
  wait(1s);
  EXPECT_EQ(due().size(), 1U) << "a step of the ramp";
  wait(9s);
  returns_.note_counted(pool_, *this);
  EXPECT_EQ(returns_.past(ref(pool_, 0)).ramps_from, std::nullopt);
}

TEST_F(ReturnsTest, APastIsGivenBackWhole) {
  PoolSpec spec = pool_of("www.example.com");
  spec.failback = 10s;
  begin(spec);
  fall();
  const Past before = returns_.past(ref(pool_, 0));
  wait(1s);
  fall();
  EXPECT_NE(returns_.past(ref(pool_, 0)), before);
  returns_.restore(ref(pool_, 0), before);
  EXPECT_EQ(returns_.past(ref(pool_, 0)), before);
}

}  // namespace
}  // namespace rollcall::roster
