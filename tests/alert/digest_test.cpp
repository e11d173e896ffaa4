#include "alert/digest.hpp"

#include <gtest/gtest.h>

#include "alert/sample_notices.hpp"

namespace rollcall::alert {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};

std::string pool_name(std::size_t i) {
  return "p" + std::to_string(i) + ".example.com";
}

TEST(Digest, WaitsForOthersAndMakesOneBatch) {
  Digest digest({.batch = 10s});
  EXPECT_EQ(digest.due(), std::nullopt);
  digest.add(fall("a.example.com", "192.0.2.1"), kStart);
  EXPECT_EQ(digest.due(), kStart + 10s);
  digest.add(fall("b.example.com", "192.0.2.1"), kStart + 2s);
  EXPECT_EQ(digest.due(), kStart + 10s);
  const Batch batch = digest.take(kStart + 10s);
  EXPECT_EQ(batch.told.size(), 2U);
  EXPECT_FALSE(batch.summary);
  EXPECT_EQ(digest.due(), std::nullopt);
}

TEST(Digest, WaitsLongerWhileNoticesKeepComingButNotForEver) {
  Digest digest({.batch = 10s});
  for (std::size_t i = 0; i <= 9; ++i) {
    digest.add(fall(pool_name(i), "192.0.2.1"), kStart + i * 1s);
  }
  EXPECT_EQ(digest.due(), kStart + 14s);
  for (std::size_t i = 10; i <= 29; ++i) {
    digest.add(fall(pool_name(i), "192.0.2.1"), kStart + i * 1s);
  }
  EXPECT_EQ(digest.due(), kStart + 30s);
}

TEST(Digest, WithoutAWaitIsDueAtOnce) {
  Digest digest({.batch = 0s});
  digest.add(fall("a.example.com", "192.0.2.1"), kStart);
  EXPECT_EQ(digest.due(), kStart);
}

/// 60 pools on one host, four flaps: one batch with a row for each pool.
TEST(Digest, TellsTheLatestStateOfWhatChangesManyTimes) {
  Digest digest({.batch = 10s});
  for (int flap = 0; flap < 4; ++flap) {
    for (std::size_t i = 0; i < 60; ++i) digest.add(fall(pool_name(i), "192.0.2.1"), kStart);
    for (std::size_t i = 0; i < 60; ++i) digest.add(comeback(pool_name(i), "192.0.2.1"), kStart);
  }
  const Batch batch = digest.take(kStart + 10s);
  ASSERT_EQ(batch.told.size(), 60U);
  EXPECT_EQ(batch.told[0].kind, "returned");
  EXPECT_EQ(batch.told[0].times, 8U);
  EXPECT_EQ(count_of(batch), 480U);
}

TEST(Digest, TellsWhatCameOfARestartInsteadOfTheRequest) {
  Digest digest({.batch = 10s});
  for (const pool::NoticeKind kind :
       {pool::NoticeKind::restart_asked, pool::NoticeKind::restart_done}) {
    digest.add(told_of({.kind = kind,
                        .name = dns::Name::parse("www.example.com").value(),
                        .member = IpAddress::parse("192.0.2.1"),
                        .facts = pool::RestartFacts{.service = "apache"}},
                       kNow),
               kStart);
  }
  const Batch batch = digest.take(kStart + 10s);
  ASSERT_EQ(batch.told.size(), 1U);
  EXPECT_EQ(batch.told[0].kind, "restart_done");
  EXPECT_EQ(batch.told[0].times, 1U);
}

TEST(Digest, IsBoundedAndCountsWhatItLeavesOut) {
  Digest digest({.batch = 10s});
  for (std::size_t i = 0; i < 10'000; ++i) digest.add(fall(pool_name(i), "192.0.2.1"), kStart);
  const Batch batch = digest.take(kStart + 10s);
  EXPECT_EQ(batch.told.size(), kPendingLimit);
  EXPECT_EQ(batch.more, (Counts{{"dropped", 10'000 - kPendingLimit}}));
  EXPECT_EQ(count_of(batch), 10'000U);
}

TEST(Digest, AnHourHasSoManyMessagesAndThenOneSummary) {
  Digest digest({.batch = 0s, .max_per_hour = 3});
  Instant now = kStart;
  for (std::size_t i = 0; i < 3; ++i, now += 1min) {
    digest.add(fall(pool_name(i), "192.0.2.1"), now);
    ASSERT_EQ(digest.due(), now);
    EXPECT_FALSE(digest.take(now).summary);
  }
  for (std::size_t i = 3; i < 50; ++i, now += 10s) digest.add(fall(pool_name(i), "192.0.2.1"), now);
  EXPECT_EQ(digest.due(), kStart + 1h);
  const Batch batch = digest.take(kStart + 1h);
  EXPECT_TRUE(batch.summary);
  EXPECT_EQ(batch.told.size(), 47U);
  digest.add(fall(pool_name(50), "192.0.2.1"), kStart + 1h);
  EXPECT_EQ(digest.due(), kStart + 1h + 1min);  // when the second message is an hour old
}

TEST(Digest, KnowsHowLongAProblemHasLasted) {
  Digest digest({.batch = 0s});
  digest.add(fall("a.example.com", "192.0.2.1"), kStart);
  digest.add(fall("b.example.com", "192.0.2.1"), kStart);
  EXPECT_TRUE(digest.take(kStart).told[0].still_open);
  digest.add(comeback("a.example.com", "192.0.2.1"), kStart + 3min);
  const Batch first = digest.take(kStart + 3min);
  EXPECT_EQ(first.told.at(0).lasted, Duration(3min));
  EXPECT_TRUE(first.told.at(0).still_open);  // b is down on the same host
  digest.add(comeback("b.example.com", "192.0.2.1"), kStart + 4min);
  EXPECT_FALSE(digest.take(kStart + 4min).told.at(0).still_open);
}

TEST(Digest, RemindsOnlyWhereThatIsWanted) {
  Digest silent({.batch = 0s});
  silent.add(fall("a.example.com", "192.0.2.1"), kStart);
  static_cast<void>(silent.take(kStart));
  EXPECT_EQ(silent.due(), std::nullopt);

  Digest digest({.batch = 0s, .remind = 4h});
  digest.add(fall("a.example.com", "192.0.2.1"), kStart);
  static_cast<void>(digest.take(kStart));
  EXPECT_EQ(digest.due(), kStart + 4h);
  const Batch reminder = digest.take(kStart + 4h);
  EXPECT_TRUE(reminder.reminder);
  EXPECT_EQ(reminder.told.size(), 1U);
  EXPECT_EQ(digest.due(), kStart + 8h);
  digest.add(comeback("a.example.com", "192.0.2.1"), kStart + 5h);
  EXPECT_FALSE(digest.take(kStart + 5h).reminder);
  EXPECT_EQ(digest.due(), std::nullopt);
}

TEST(Digest, TellsOfWhatWasMissed) {
  Digest digest({.batch = 0s});
  Batch lost;
  lost.told = {fall("a.example.com", "192.0.2.1"), fall("b.example.com", "192.0.2.1")};
  Missed refused;
  add_missed(refused, lost, false);
  digest.add(refused, kStart);
  EXPECT_EQ(digest.due(), std::nullopt);  // no message of its own
  Missed late;
  add_missed(late, lost, true);
  digest.add(late, kStart);
  EXPECT_EQ(digest.due(), kStart);
  const Batch batch = digest.take(kStart);
  EXPECT_TRUE(batch.told.empty());
  EXPECT_EQ(batch.missed.count, 4U);
  EXPECT_EQ(batch.missed.lines.size(), 4U);
  // What was missed is not lost where that message is missed, too.
  Missed again;
  add_missed(again, batch, true);
  EXPECT_EQ(again.count, 4U);
}

TEST(Digest, TakesBackWhatWaited) {
  Digest before({.batch = 10s});
  before.add(fall("a.example.com", "192.0.2.1"), kStart);
  Digest after({.batch = 10s});
  after.restore(before.pending(), {{"dropped", 3}}, {}, kStart);
  EXPECT_EQ(after.pending(), before.pending());
  EXPECT_EQ(after.due(), kStart + 10s);
  EXPECT_EQ(count_of(after.take(kStart + 10s)), 4U);
  after.clear();
  EXPECT_EQ(after.due(), std::nullopt);
}

/// Another run, whose clocks show other times.
Digest next_run(const Digest& before, Instant now, Duration stopped, Duration set) {
  Digest after({.batch = 0s, .max_per_hour = 3});
  const WallTime then = kNow;
  const WallTime calendar = then + std::chrono::duration_cast<WallTime::duration>(stopped + set);
  after.restore(before.history(now, then), kStart, calendar);
  return after;
}

TEST(Digest, TheHoursLimitHoldsOverARestart) {
  Digest digest({.batch = 0s, .max_per_hour = 3});
  for (std::size_t i = 0; i < 3; ++i) {
    digest.add(fall(pool_name(i), "192.0.2.1"), kStart + i * 1min);
    static_cast<void>(digest.take(kStart + i * 1min));
  }
  Digest after = next_run(digest, kStart + 10min, 5min, 0s);
  after.add(fall("x.example.com", "192.0.2.9"), kStart);
  EXPECT_EQ(after.due(), kStart + 45min);  // the first message is 15 minutes old
  EXPECT_TRUE(after.take(kStart + 45min).summary);
}

TEST(Digest, AnAllClearAfterARestartBelongsToItsProblem) {
  Digest digest({.batch = 0s});
  digest.add(fall("a.example.com", "192.0.2.1"), kStart);
  digest.add(fall("b.example.com", "192.0.2.1"), kStart);
  static_cast<void>(digest.take(kStart));
  Digest after = next_run(digest, kStart + 10min, 5min, 0s);
  EXPECT_EQ(after.due(), std::nullopt);
  after.add(comeback("a.example.com", "192.0.2.1"), kStart + 1min);
  const Batch batch = after.take(kStart + 1min);
  EXPECT_EQ(batch.told.at(0).lasted, Duration(16min));
  EXPECT_TRUE(batch.told.at(0).still_open);
}

/// A clock that is set while the server is stopped, by an hour and by a year, both ways.
TEST(Digest, AClockThatIsSetHoldsBackNothingForLongerThanAnHour) {
  for (const Duration set :
       {Duration(1h), Duration(-1h), Duration(24h * 365), Duration(-24h * 365)}) {
    SCOPED_TRACE(format_duration(set));
    Digest digest({.batch = 0s, .max_per_hour = 3});
    for (std::size_t i = 0; i < 3; ++i) {
      digest.add(fall(pool_name(i), "192.0.2.1"), kStart);
      static_cast<void>(digest.take(kStart));
    }
    Digest after = next_run(digest, kStart + 1min, 1min, set);
    after.add(comeback(pool_name(0), "192.0.2.1"), kStart);
    ASSERT_TRUE(after.due());
    EXPECT_LE(*after.due(), kStart + 1h);
    const Batch batch = after.take(*after.due());
    EXPECT_GE(batch.told.at(0).lasted.value_or(-1s), 0s);
    // From here on the limit goes by the steady clock.
    for (int i = 0; i < 3; ++i) {
      after.add(fall(pool_name(9), "192.0.2.1"), kStart + 1h);
      static_cast<void>(after.take(kStart + 1h));
    }
    after.add(comeback(pool_name(9), "192.0.2.1"), kStart + 1h + 1min);
    EXPECT_EQ(after.due(), kStart + 2h);
  }
}

TEST(Digest, ProblemsWhoseEndNobodyWouldTellAreForgotten) {
  Digest digest({.batch = 0s});
  digest.add(told_of({.kind = pool::NoticeKind::frozen, .facts = pool::FreezeFacts{}}, kNow),
             kStart);
  digest.add(
      told_of({.kind = pool::NoticeKind::restarts_stopped, .facts = pool::RestartFacts{.tries = 3}},
              kNow),
      kStart);
  EXPECT_TRUE(digest.history(kStart, kNow).open.empty());
}

}  // namespace
}  // namespace rollcall::alert
