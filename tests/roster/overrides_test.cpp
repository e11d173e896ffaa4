#include "roster/overrides.hpp"

#include <gmock/gmock.h>

#include "core/invariant.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class OverridesTest : public Desk {
 protected:
  OverridesTest() {
    pool_ = add_pool(pool_of("www.example.com"), {"192.0.2.1", "192.0.2.2"});
    overrides_.rebind(pool_, fresh(2));
  }
  OverridePtr drained(std::optional<Duration> lasts = {}) const {
    return std::make_shared<const Override>(
        OverrideKind::drained, lasts ? std::optional(step_.now + *lasts) : std::nullopt, "disk");
  }
  SavedOverride saved(const std::string& pool, const std::string& member) const {
    return {name_of(pool), address_of(member), "", OverrideKind::forced_up, 10s, ""};
  }

  PoolIndex pool_;
  Overrides overrides_{step_, roll_};
};

TEST_F(OverridesTest, EndWhenTheirTimeIsUp) {
  overrides_.give(ref(pool_, 0), drained(10s));
  overrides_.give(ref(pool_, 1), drained());
  wait(10s);
  ASSERT_EQ(due().size(), 1U);
  EXPECT_TRUE(overrides_.end_due(pool_));
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  const auto& facts = std::get<OverrideFacts>(notices[0].facts);
  EXPECT_EQ(facts.cause, OverrideFacts::Cause::time_is_up);
  EXPECT_THAT(facts.members, ElementsAre("192.0.2.1"));
  EXPECT_EQ(overrides_.kind(ref(pool_, 0)), OverrideKind::automatic);
  EXPECT_EQ(overrides_.kind(ref(pool_, 1)), OverrideKind::drained);
  EXPECT_FALSE(overrides_.end_due(pool_));
  EXPECT_EQ(overrides_.take_changed()->members.size(), 1U);
}

TEST_F(OverridesTest, OneThatOutlivesItsTimeBreaksAnInvariant) {
  set_on_broken_invariant([](const std::string& line) { throw BrokenInvariant(line); });
  overrides_.give(ref(pool_, 0), drained(10s));
  EXPECT_NO_THROW(overrides_.check_invariants());
  wait(10s);
  EXPECT_THROW(overrides_.check_invariants(), BrokenInvariant);
  set_on_broken_invariant(nullptr);
}

TEST_F(OverridesTest, StayWithMembersThatStay) {
  overrides_.give(ref(pool_, 1), drained());
  FormerPlaces places(2);
  places[MemberIndex{0}] = MemberIndex{1};
  overrides_.rebind(pool_, places);
  EXPECT_EQ(overrides_.kind(ref(pool_, 0)), OverrideKind::drained);
  EXPECT_EQ(overrides_.kind(ref(pool_, 1)), OverrideKind::automatic);
}

TEST_F(OverridesTest, OfTheLastRunWaitForTheirMembers) {
  overrides_.load(
      {.members = {saved("www.example.com", "192.0.2.2"), saved("www.example.com", "192.0.2.9"),
                   saved("gone.example.com", "192.0.2.2")}});
  overrides_.take_over(ref(pool_, 0));
  overrides_.take_over(ref(pool_, 1));
  EXPECT_EQ(overrides_.kind(ref(pool_, 0)), OverrideKind::automatic);
  EXPECT_EQ(overrides_.kind(ref(pool_, 1)), OverrideKind::forced_up);
  overrides_.forget_waiting(name_of("www.example.com"));
  EXPECT_EQ(overrides_.take_changed()->members.size(), 2U) << "one was taken over, one still waits";
  overrides_.forget_waiting_but([](const dns::Name& name) { return name == name_of("b.org"); });
  EXPECT_EQ(overrides_.take_changed()->members.size(), 1U);
  overrides_.forget_waiting_but([](const dns::Name&) { return false; });
  EXPECT_FALSE(overrides_.take_changed()) << "nothing waits any more";
}

TEST_F(OverridesTest, FollowANameToAnotherZone) {
  overrides_.give(ref(pool_, 0), drained());
  const PoolIndex other = add_pool(pool_of("www.example.com"), {"192.0.2.1"}, ZoneIndex{1});
  overrides_.rebind(other, fresh(1));
  overrides_.take_over(ref(other, 0));
  EXPECT_EQ(overrides_.of(ref(other, 0)), overrides_.of(ref(pool_, 0)));
  overrides_.touch();
  EXPECT_EQ(overrides_.take_changed()->members.size(), 1U) << "both pools have it";
}

TEST_F(OverridesTest, NormalHasItsTimeToo) {
  overrides_.set_normal(true, step_.now + 10s, {.lasts = 10s}, "alice");
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0], (Notice{.kind = NoticeKind::normal_on,
                                .alert = true,
                                .actor = "alice",
                                .facts = NormalFacts{.lasts = 10s}}));
  EXPECT_FALSE(overrides_.is_normal_over());
  wait(10s);
  EXPECT_TRUE(overrides_.is_normal_over());
}

}  // namespace
}  // namespace rollcall::roster
