#include "pool/restart_policy.hpp"

#include <gtest/gtest.h>

namespace rollcall::pool {
namespace {

using namespace std::chrono_literals;

Instant at(Duration since) {
  return Instant(since);
}

TEST(RestartLedger, AllowsTheFirstAtOnce) {
  const RestartLedger ledger;
  EXPECT_EQ(ledger.allowed_from(at(7s)), at(7s));
}

TEST(RestartLedger, KeepsFiveMinutesBetweenTwo) {
  RestartLedger ledger;
  ledger.note(at(0s));
  EXPECT_EQ(ledger.allowed_from(at(1s)), at(5min));
  EXPECT_EQ(ledger.allowed_from(at(6min)), at(6min));
}

TEST(RestartLedger, AllowsThreeInAnyHour) {
  RestartLedger ledger;
  ledger.note(at(0min));
  ledger.note(at(10min));
  ledger.note(at(20min));
  EXPECT_EQ(ledger.allowed_from(at(30min)), at(60min));
  ledger.note(at(60min));
  EXPECT_EQ(ledger.allowed_from(at(66min)), at(75min)) << "the pause lasts longer than the hour";
}

TEST(RestartLedger, WaitsLongerAfterTheSecond) {
  RestartLedger ledger;
  ledger.note(at(0min));
  ledger.note(at(5min));
  EXPECT_EQ(ledger.allowed_from(at(6min)), at(20min));
  EXPECT_EQ(ledger.pause(at(6min)), kRestartPause * kRestartBackOff);
  EXPECT_EQ(ledger.pause(at(61min)), kRestartPause) << "the first one is forgotten";
}

TEST(RestartDelay, LastsUntilClientsHaveLostTheAnswer) {
  PoolSpec pool;
  pool.checks.resize(2);
  pool.checks[0].interval = 5s;
  pool.checks[1].interval = 10s;
  EXPECT_EQ(restart_delay(pool, 1s), 20s);
  EXPECT_EQ(restart_delay(pool, 30s), 30s);
  EXPECT_EQ(restart_delay(pool, 1h), kLongestRestartDelay);
  pool.restart_delay = 0s;
  EXPECT_EQ(restart_delay(pool, 30s), 0s);
  pool.restart_delay = 2h;
  EXPECT_EQ(restart_delay(pool, 30s), 2h) << "as the configuration says";
}

TEST(RestartBreaker, WaitsForTheVerdictAndThenTrips) {
  RestartBreaker breaker;
  for (const Duration time : {0s, 1s, 2s}) {
    EXPECT_EQ(breaker.allowed_from(at(time)), at(time));
    breaker.asked(at(time));
  }
  EXPECT_EQ(breaker.allowed_from(at(3s)), at(62s));
  EXPECT_FALSE(breaker.trips(at(61s)));
  EXPECT_TRUE(breaker.trips(at(62s)));
  breaker.stop(at(62s));
  EXPECT_FALSE(breaker.trips(at(63s)));
  EXPECT_EQ(breaker.allowed_from(at(63s)), at(62s) + kBreakerTime);
  EXPECT_FALSE(breaker.is_stopped(at(62s) + kBreakerTime));
  EXPECT_EQ(breaker.allowed_from(at(2h)), at(2h));
}

TEST(RestartBreaker, OneThatHelpsOrTheirAgeAcquitsAll) {
  RestartBreaker breaker;
  for (const Duration time : {0s, 1s, 2s}) breaker.asked(at(time));
  EXPECT_FALSE(breaker.trips(at(10min))) << "the first of the three is too old";
  breaker.asked(at(5min));
  EXPECT_TRUE(breaker.trips(at(7min)));
  breaker.helped();
  EXPECT_FALSE(breaker.trips(at(7min)));
  EXPECT_EQ(breaker.allowed_from(at(7min)), at(7min));
}

}  // namespace
}  // namespace rollcall::pool
