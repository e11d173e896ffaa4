#include "alert/notice_alert.hpp"

#include <gtest/gtest.h>

namespace rollcall::alert {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'700'000'000s};

const dns::Name kPool = *dns::Name::parse("www.example.com");

TEST(NoticeAlert, OfAMemberThatIsDropped) {
  const Alert alert = alert_of({.kind = pool::NoticeKind::dropped,
                                .name = kPool,
                                .member = IpAddress::parse("192.0.2.1"),
                                .reason = "connection \x1b refused",
                                .facts = pool::MemberFacts{.fate = pool::Fate::left_out}},
                               "ns1", kNow);
  EXPECT_EQ(alert.subject, "[ns1] www.example.com: 192.0.2.1 is down: connection \x1b refused");
  EXPECT_EQ(alert.body,
            "www.example.com: 192.0.2.1 is down: connection \x1b refused\n"
            "it is left out of the answers\n\nnameserver ns1, 2023-11-14T22:13:20.000Z\n");
  EXPECT_EQ(alert.json,
            R"({"nameserver":"ns1","kind":"dropped",)"
            R"("subject":"www.example.com: 192.0.2.1 is down: connection \\x1b refused",)"
            R"("detail":"it is left out of the answers","name":"www.example.com",)"
            R"("time":"2023-11-14T22:13:20.000Z","member":"192.0.2.1",)"
            R"("reason":"connection \\x1b refused",)"
            R"("fate":"left_out","override":"auto","tier":"primary"})");
}

TEST(NoticeAlert, OfAnOverride) {
  const Alert alert = alert_of({.kind = pool::NoticeKind::override_set,
                                .name = kPool,
                                .exchange = "mx1.example.com",
                                .reason = "new disks",
                                .actor = "root",
                                .facts = pool::OverrideFacts{.kind = pool::OverrideKind::drained,
                                                             .members = {"mx1.example.com"},
                                                             .lasts = 1h}},
                               "ns1", kNow);
  EXPECT_EQ(alert.json,
            R"({"nameserver":"ns1","kind":"override_set",)"
            R"("subject":"www.example.com: mx1.example.com is drained by root for 1h: new disks",)"
            R"("detail":"","name":"www.example.com","time":"2023-11-14T22:13:20.000Z",)"
            R"("exchange":"mx1.example.com","reason":"new disks","actor":"root",)"
            R"("override":"drained","lasts_ms":3600000})");
}

TEST(NoticeAlert, TheRestIsNotSaid) {
  const Alert alert = alert_of({.kind = pool::NoticeKind::state_kept}, "ns1", kNow);
  EXPECT_TRUE(alert.important);
  EXPECT_EQ(alert.at, WallTime{});
  EXPECT_EQ(alert.id, "");
}

}  // namespace
}  // namespace rollcall::alert
