#include "api/status_filter.hpp"

#include <gtest/gtest.h>

#include "api/status_sample.hpp"

namespace rollcall::api {
namespace {

/// "pool: member member; pool: member"
std::string shown(const StatusRequest& wanted) {
  pool::Status status = status_sample();
  status.pools[0].zone = status.pools[1].zone = dns::Name::parse("mydomain.com").value();
  std::string text;
  for (const pool::PoolStatus& pool : filtered(std::move(status), wanted).pools) {
    text += (text.empty() ? "" : "; ") + pool.name.to_display() + ":";
    for (const pool::MemberStatus& member : pool.members) {
      text += " " + member.address.to_string();
    }
  }
  return text;
}

TEST(StatusFilter, ChoosesByZonePoolAndState) {
  const std::string all = "www.mydomain.com: 192.168.0.1 192.168.0.22; mydomain.com: 192.168.0.5";
  EXPECT_EQ(shown({}), all);
  EXPECT_EQ(shown({.zone = dns::Name::parse("MyDomain.com").value()}), all);
  EXPECT_EQ(shown({.zone = dns::Name::parse("b.org").value()}), "");
  EXPECT_EQ(shown({.pool = "mydomain.com"}), "mydomain.com: 192.168.0.5");
  EXPECT_EQ(shown({.pool = "www.*"}), "www.mydomain.com: 192.168.0.1 192.168.0.22");
  EXPECT_EQ(shown({.state = "down"}), "www.mydomain.com: 192.168.0.22");
  EXPECT_EQ(shown({.state = "up"}), "www.mydomain.com: 192.168.0.1; mydomain.com: 192.168.0.5");
  EXPECT_EQ(shown({.pool = "mydomain.com", .state = "out"}), "");
}

TEST(StatusFilter, LeavesOutTheTablesThatWereNotAskedFor) {
  const pool::Status zone = filtered(status_sample(), {.zone = dns::Name::parse("b.org").value()});
  ASSERT_EQ(zone.zones.size(), 1U);
  EXPECT_EQ(zone.zones[0].origin.to_display(), "b.org");
  EXPECT_TRUE(filtered(status_sample(), {.state = "down"}).zones.empty());
}

TEST(StatusFilter, KnowsEveryStateByItsWord) {
  pool::MemberStatus member;
  pool::Status status;
  status.pools.emplace_back();
  status.pools[0].members.push_back(member);
  const auto is = [&](const char* word) {
    status.pools.resize(1);
    status.pools[0].members = {member};
    return !filtered(status, {.state = word}).pools.empty();
  };
  EXPECT_TRUE(is("unknown") && is("live") && !is("out") && !is("held") && !is("kept-back"));
  member.observed = pool::State::up;
  member.degraded = member.held = true;
  member.live = false;
  member.kept_back = pool::KeptBack::flapping;
  EXPECT_TRUE(is("up") && is("degraded") && is("held") && is("out") && is("kept-back"));
  for (const auto kind : {pool::OverrideKind::drained, pool::OverrideKind::forced_up,
                          pool::OverrideKind::forced_down}) {
    EXPECT_FALSE(is(pool::to_string(kind)));
    member.override_kind = kind;
    EXPECT_TRUE(is(pool::to_string(kind)));
  }
}

}  // namespace
}  // namespace rollcall::api
