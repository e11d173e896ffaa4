/// Members that are kept back after a return: flap damping and failback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Eq;
using testing::Gt;
using testing::Le;
using testing::Optional;
using testing::SizeIs;

TEST(FlapPenalty, GrowsWithFallsAndDecays) {
  const Instant start{1h};
  struct Row {
    std::vector<Duration> falls;
    Duration at;
    double penalty;
    bool damps;
  };
  for (const Row& row : {
           Row{{}, 0s, 0, false},
           Row{{0s}, 0s, 1000, false},
           Row{{0s}, 5min, 500, false},
           Row{{0s}, 10min, 250, false},
           Row{{0s, 0s}, 0s, 2000, false},
           Row{{0s, 0s, 0s}, 0s, 3000, true},
           Row{{0s, 5min, 10min}, 10min, 1750, false},
           Row{{0s, 0s, 0s, 0s, 0s, 0s, 0s, 0s}, 0s, kMaxPenalty, true},
           Row{{0s, 0s, 0s, 0s}, 10min, 1000, false},
       }) {
    FlapPenalty flaps;
    for (const Duration fall : row.falls) flaps.fall(start + fall);
    EXPECT_NEAR(flaps.at(start + row.at), row.penalty, 1e-6);
    EXPECT_EQ(flaps.damps(start + row.at), row.damps);
  }
  FlapPenalty flaps;
  for (int i = 0; i < 3; ++i) flaps.fall(start);
  EXPECT_NEAR(std::chrono::duration<double>(flaps.reuse_at() - start).count(), 600, 1e-3)
      << "two half-lives from 3000 to 750";
  for (int i = 0; i < 9; ++i) flaps.fall(start);
  EXPECT_NEAR(std::chrono::duration<double>(flaps.reuse_at() - start).count(), 900, 1e-3);
}

class ReturnPolicy : public ServedPools {
 protected:
  void serve_with(const std::function<void(PoolSpec&)>& change) {
    PoolSpec pool = pool_of(kWww);
    change(pool);
    serve(kTwo, {pool});
  }
};

TEST_F(ReturnPolicy, AMemberThatFallsTooOftenIsKeptBack) {
  serve_with([](PoolSpec& pool) { pool.flap_damping = true; });
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(answered(), SizeIs(2)) << i;
    die({"192.0.2.11"}, 15s);
    die({}, 15s);
  }
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_THAT(told_, ElementsAre(is_told(
                         returned("192.0.2.11"),
                         is(Fate::damped, Optional(AllOf(Gt(Duration{}), Le(Duration(10min))))))));
  const MemberStatus status = status_of("192.0.2.11");
  EXPECT_EQ(status.observed, State::up);
  EXPECT_EQ(status.kept_back, KeptBack::flapping);
  EXPECT_GT(status.flap_penalty, 2500);
  EXPECT_LE(status.kept_left, 10min);

  die({"192.0.2.12"}, 30s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11")) << "better than an empty answer";
  EXPECT_THAT(alerts_, ElementsAre(is_told(dropped("192.0.2.12"))));
  die({}, 30s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({}, 10min);
  EXPECT_THAT(told_, ElementsAre(is_told(returned("192.0.2.11"), is(Fate::released))));
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(ReturnPolicy, AnOperatorForgives) {
  serve_with([](PoolSpec& pool) { pool.flap_damping = true; });
  for (int i = 0; i < 3; ++i) {
    die({"192.0.2.11"}, 15s);
    die({}, 15s);
  }
  EXPECT_EQ(say(OverrideKind::automatic, "192.0.2.11"),
            "ok: 192.0.2.11 is auto again in www.example.com");
  EXPECT_THAT(answered(), SizeIs(2));
  EXPECT_EQ(status_of("192.0.2.11").flap_penalty, 0);
}

TEST_F(ReturnPolicy, WithoutDampingThePenaltyIsOnlyShown) {
  serve_with([](PoolSpec&) {});
  for (int i = 0; i < 4; ++i) {
    die({"192.0.2.11"}, 15s);
    die({}, 15s);
  }
  EXPECT_THAT(answered(), SizeIs(2));
  EXPECT_GT(status_of("192.0.2.11").flap_penalty, 2500);
  EXPECT_EQ(status_of("192.0.2.11").kept_back, KeptBack::no);
}

TEST_F(ReturnPolicy, FailbackMayWait) {
  serve_with([](PoolSpec& pool) { pool.failback = 10min; });
  EXPECT_THAT(answered(), SizeIs(2)) << "a member that is up at its first probe has not returned";
  die({"192.0.2.11"});
  die({}, 9min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_THAT(told_, ElementsAre(is_told(returned("192.0.2.11"),
                                         is(Fate::waits, Optional(Duration(10min))))));
  EXPECT_EQ(status_of("192.0.2.11").kept_back, KeptBack::failback);
  die({"192.0.2.11"}, 15s);
  die({}, 9min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "it begins anew with each return";
  die({}, 2min);
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(ReturnPolicy, FailbackMayBeTheOperators) {
  serve_with([](PoolSpec& pool) { pool.failback.reset(); });
  die({"192.0.2.11"});
  die({}, 5h);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_THAT(told_,
              ElementsAre(is_told(returned("192.0.2.11"), is(Fate::waits, Eq(std::nullopt)))))
      << "until an operator says auto";
  EXPECT_EQ(status_of("192.0.2.11").kept_left, std::nullopt);
  step(Stopping{});
  EXPECT_THAT(
      saved_health_.members,
      Contains(testing::AllOf(testing::Field(&SavedMember::address, address_of("192.0.2.11")),
                              testing::Field(&SavedMember::up, true),
                              testing::Field(&SavedMember::kept_back, true))));
  EXPECT_EQ(say(OverrideKind::automatic, "192.0.2.11"),
            "ok: 192.0.2.11 is auto again in www.example.com");
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(ReturnPolicy, AReloadWithoutTheRuleTakesBack) {
  serve_with([](PoolSpec& pool) { pool.failback.reset(); });
  die({"192.0.2.11"});
  die({});
  stage_.configure({pool_of(kWww)}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), SizeIs(2));
}

}  // namespace
}  // namespace rollcall::roster
