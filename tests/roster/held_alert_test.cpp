/// Alerts of falls that the isolation guard may still take back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guarded_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class HeldAlerts : public GuardedPools {};

TEST_F(HeldAlerts, AFallThatStandsIsAlertedAMomentLater) {
  serve_many(8);
  wait_for_probe_of("192.0.2.11");
  alerts_.clear();
  told_.clear();
  answer("192.0.2.11", false);
  EXPECT_EQ(count_of(told_, NoticeKind::dropped), 1);
  EXPECT_THAT(alerts_, IsEmpty()) << "more may follow";
  for (int i = 0; i < 20; ++i) {
    stage_.wait(250ms);
    keep();
  }
  EXPECT_THAT(alerts_, ElementsAre(is_told(dropped("192.0.2.11"))));
  EXPECT_EQ(count_of(told_, NoticeKind::dropped), 1) << "it is in the log once";
}

TEST_F(HeldAlerts, AnAlertWaitsForTheWitnesses) {
  add_witness("192.0.2.1");
  PoolSpec pool = pool_of(kWww);
  pool.checks[0].interval = 1s;
  serve(kTwo, {pool});
  wait_for_probe_of("192.0.2.11");
  alerts_.clear();
  answer("192.0.2.11", false);
  wait_for_probe_of("192.0.2.1");
  stage_.now += guard_.witnesses[0].check.timeout;
  answer("192.0.2.1", false);
  ASSERT_TRUE(frozen());
  EXPECT_THAT(alerts_, SizeIs(1)) << "no alert but that";
  EXPECT_EQ(alerts_of(NoticeKind::frozen), 1);
}

TEST_F(HeldAlerts, AHeldAlertComesBeforeThatOfTheReturn) {
  std::string tail;
  for (int i = 1; i <= 8; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.checks[0].interval = 1s;
  serve(tail, {pool, pool_of(kMail)});
  wait_for_probe_of("192.0.2.11");
  alerts_.clear();
  answer("192.0.2.11", false);
  EXPECT_THAT(alerts_, IsEmpty());
  stage_.wait(2s);
  answer("192.0.2.11", true);
  EXPECT_THAT(alerts_,
              ElementsAre(is_told(dropped("192.0.2.11")), is_told(returned("192.0.2.11"))));
}

TEST_F(HeldAlerts, AHeldAlertIsSentWhenTheServerStops) {
  serve_many(8);
  wait_for_probe_of("192.0.2.11");
  alerts_.clear();
  answer("192.0.2.11", false);
  ASSERT_THAT(alerts_, IsEmpty());
  step(Stopping{});
  EXPECT_THAT(alerts_, ElementsAre(is_told(dropped("192.0.2.11"))));
}

}  // namespace
}  // namespace rollcall::roster
