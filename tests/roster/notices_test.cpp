#include "roster/notices.hpp"

#include <gmock/gmock.h>

#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

class NoticesTest : public Desk {
 protected:
  Notice fell(const char* pool = "www.example.com") const {
    return {.kind = NoticeKind::dropped, .alert = true, .name = name_of(pool)};
  }
  AlertWait wait_of(bool wanted) const {
    return {.wanted = wanted, .longest = 10s, .quiet = 5s, .last_fall = step_.now};
  }
  std::size_t alerts() {
    const auto notices = take<Notice>();
    return static_cast<std::size_t>(std::ranges::count_if(notices, &Notice::alert));
  }

  Notices notices_{step_};
};

TEST_F(NoticesTest, TheLogHasItAtOnceAndTheAlertWaits) {
  const AlertWait wait_for = wait_of(true);
  notices_.tell(fell(), ref({0}, 0), wait_for);
  const auto notices = take<Notice>();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_FALSE(notices[0].alert);
  EXPECT_FALSE(notices[0].logged);
  wait(5s);
  EXPECT_EQ(due().size(), 1U);
  notices_.send_due(wait_for);
  const auto sent = take<Notice>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].alert);
  EXPECT_TRUE(sent[0].logged);
  EXPECT_EQ(notices_.waiting(), 0U);
}

TEST_F(NoticesTest, GoodNewsOfAPoolLetItsAlertsGoFirst) {
  notices_.tell(fell(), ref({0}, 0), wait_of(true));
  notices_.tell(fell("b.org"), ref({1}, 0), wait_of(true));
  take<Notice>();
  Notice back = fell();
  back.kind = NoticeKind::returned;
  notices_.tell(back, ref({0}, 0), wait_of(true));
  const auto sent = take<Notice>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].kind, NoticeKind::dropped);
  EXPECT_EQ(sent[1].kind, NoticeKind::returned);
  EXPECT_EQ(notices_.waiting(), 1U) << "that of the other pool";
}

TEST_F(NoticesTest, OfFallsThatWereTakenBackNothingIsSent) {
  notices_.tell(fell(), ref({0}, 0), wait_of(true));
  notices_.tell(fell(), ref({0}, 1), wait_of(true));
  take<Notice>();
  notices_.settle([](NoticeKind, MemberRef member) { return member.member.value == 1; });
  EXPECT_EQ(alerts(), 1U);
}

TEST_F(NoticesTest, AMemberIsFoundAgainAfterAReload) {
  notices_.tell(fell(), ref({0}, 3), wait_of(true));
  take<Notice>();
  FormerPlaces places(1);
  places[MemberIndex{0}] = MemberIndex{3};
  notices_.rebind({0}, places);
  MemberRef asked{};
  notices_.settle([&](NoticeKind, MemberRef member) {
    asked = member;
    return false;
  });
  EXPECT_EQ(asked, ref({0}, 0));
  EXPECT_EQ(alerts(), 0U);
}

TEST_F(NoticesTest, WhereNothingCanBeTakenBackNothingWaits) {
  notices_.tell(fell(), ref({0}, 0), wait_of(false));
  EXPECT_EQ(alerts(), 1U);
  EXPECT_EQ(notices_.waiting(), 0U);
}

}  // namespace
}  // namespace rollcall::roster
