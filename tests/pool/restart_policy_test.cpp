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
  EXPECT_EQ(ledger.allowed_from(at(66min)), at(70min));
}

}  // namespace
}  // namespace rollcall::pool
