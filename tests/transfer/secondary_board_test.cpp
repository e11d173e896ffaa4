#include "transfer/secondary_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::transfer {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

const dns::StoredName kZone = *dns::Name::parse("example.com");
const Endpoint kBind = *Endpoint::parse("192.0.2.11:53");
const Endpoint kNsd = *Endpoint::parse("192.0.2.12:53");

/// A board and its clock.
class SecondaryBoardTest : public testing::Test {
 protected:
  void configure(const std::vector<Endpoint>& secondaries, Duration lag = 60s) {
    std::vector<zone::Secondary> list;
    for (const Endpoint& address : secondaries) list.push_back({address, std::nullopt});
    board.configure(kZone, list, lag, now);
  }
  void publish(std::uint32_t serial) {
    board.publish(kZone, serial, serial, now);
    board.notify(kZone, now);
  }
  /// The one errand that is due.
  Errand one() {
    std::vector<Errand> errands = board.next(now);
    EXPECT_THAT(errands, SizeIs(1));
    return errands.empty() ? Errand{} : errands.front();
  }
  bool answer(const Errand& errand, std::optional<std::uint32_t> serial = std::nullopt) {
    return board.ended(errand, {.answered = true, .serial = serial}, now);
  }
  bool leave(const Errand& errand) {
    now += errand.limit;
    return board.ended(errand, {.problem = "no response"}, now);
  }
  /// Goes on to the time that the board wants to be woken at.
  void sleep() {
    do {
      const auto at = board.wake_at();
      ASSERT_TRUE(at);
      now = std::max(now, *at);
    } while (!board.news(now).empty());
  }
  std::optional<Duration> lag() { return board.records(std::nullopt, now).at(0).lag; }

  SecondaryBoard board;
  Instant now = Instant(1h);
};

TEST_F(SecondaryBoardTest, ASecondaryIsToldAndThenAskedUntilItServesTheSerial) {
  configure({kBind});
  EXPECT_THAT(board.next(now), IsEmpty());  // nothing is published
  publish(7);
  const Errand told = one();
  EXPECT_TRUE(told.notify);
  EXPECT_EQ(told.serial, 7U);
  EXPECT_EQ(told.secondary, kBind);
  answer(told);
  for (int i = 0; i < 3; ++i) {
    sleep();
    const Errand asked = one();
    EXPECT_FALSE(asked.notify);
    answer(asked, 6);
    EXPECT_EQ(board.records(std::nullopt, now).at(0).facts.serves, 6U);
    EXPECT_TRUE(lag());
  }
  sleep();
  answer(one(), 7);
  EXPECT_FALSE(lag());
  EXPECT_FALSE(board.wake_at());
  EXPECT_EQ(board.records(std::nullopt, now).at(0).facts.acknowledged, 7U);
}

TEST_F(SecondaryBoardTest, NotifyIsRepeatedLaterAndLaterAndItsSilenceSaidOnce) {
  configure({kBind});
  publish(7);
  int said = 0;
  Duration longest{};
  for (int i = 0; i < 12; ++i) {
    const Instant before = now;
    sleep();
    longest = std::max(longest, now - before);
    const Errand errand = one();
    EXPECT_TRUE(errand.notify);
    said += leave(errand) ? 1 : 0;
  }
  EXPECT_EQ(said, 1);
  EXPECT_GE(longest, 30s);
  EXPECT_LE(longest, 60s);
  EXPECT_EQ(board.records(std::nullopt, now).at(0).facts.problem, "NOTIFY: no response");
}

TEST_F(SecondaryBoardTest, WhatCannotBeSentIsSaidAtOnce) {
  configure({kBind});
  publish(7);
  EXPECT_TRUE(board.ended(one(), {.sent = false, .problem = "no response (no route)"}, now));
}

TEST_F(SecondaryBoardTest, ANewerSerialTakesThePlaceOfAnOlderOne) {
  configure({kBind});
  publish(7);
  const Errand older = one();
  now += 100ms;
  publish(8);
  const Errand newer = one();
  EXPECT_EQ(newer.serial, 8U);
  EXPECT_FALSE(board.ended(older, {.problem = "no response"}, now));
  answer(newer);
  sleep();
  EXPECT_FALSE(one().notify);
}

TEST_F(SecondaryBoardTest, ALagCountsFromTheFirstSerialThatIsMissing) {
  configure({kBind});
  publish(7);
  board.holds(kZone, kBind, 7);
  EXPECT_FALSE(lag());
  now += 10s;
  publish(8);
  now += 3s;
  publish(9);
  now += 2s;
  EXPECT_EQ(lag(), 5s);
  board.holds(kZone, kBind, 8);
  EXPECT_EQ(lag(), 2s);
  board.holds(kZone, kBind, 10);  // it is ahead: that is told elsewhere
  EXPECT_FALSE(lag());
}

TEST_F(SecondaryBoardTest, ALagIsToldOnceAndSoIsItsEnd) {
  configure({kBind, kNsd}, 60s);
  publish(7);
  board.holds(kZone, kBind, 7);
  board.holds(kZone, kNsd, 7);
  publish(8);
  board.holds(kZone, kNsd, 8);
  now += 59s;
  EXPECT_THAT(board.news(now), IsEmpty());
  now += 1s;
  const std::vector<LagNews> news = board.news(now);
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_TRUE(news[0].lags);
  EXPECT_EQ(news[0].secondary, kBind);
  EXPECT_EQ(news[0].serves, 7U);
  EXPECT_EQ(news[0].ours, 8U);
  EXPECT_EQ(news[0].lag, 60s);
  now += 1h;
  EXPECT_THAT(board.news(now), IsEmpty());
  board.holds(kZone, kBind, 8);
  const std::vector<LagNews> after = board.news(now);
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_FALSE(after[0].lags);
  EXPECT_THAT(board.news(now), IsEmpty());
}

TEST_F(SecondaryBoardTest, OneThatRefusesTheQuestionServesWhatItHasTransferred) {
  configure({kBind});
  publish(7);
  answer(one());
  board.transferred(kZone, {.serial = 7, .by = *Endpoint::parse("192.0.2.11:40001")}, now);
  sleep();
  board.ended(one(), {.answered = true, .refused = true, .problem = "answered with REFUSED"}, now);
  EXPECT_FALSE(lag());
  EXPECT_FALSE(board.wake_at());
}

TEST_F(SecondaryBoardTest, ATransferIsThatOfItsAddressOrElseOfItsKey) {
  const dns::Name key = *dns::Name::parse("k");
  board.configure(kZone, {{kBind, std::nullopt}, {kNsd, key}}, 60s, now);
  publish(7);
  board.transferred(kZone, {.serial = 7, .by = *Endpoint::parse("192.0.2.11:9")}, now);
  board.transferred(kZone, {.serial = 6, .by = *Endpoint::parse("198.51.100.1:9"), .key = key},
                    now);
  board.transferred(kZone, {.serial = 5, .by = *Endpoint::parse("198.51.100.1:9")}, now);
  const auto records = board.records(std::nullopt, now);
  EXPECT_EQ(records.at(0).facts.transfer->serial, 7U);
  EXPECT_EQ(records.at(1).facts.transfer->serial, 6U);
}

/// Twenty thousand zones, and one of two secondaries is dead.
TEST_F(SecondaryBoardTest, ADeadSecondaryDelaysNoOtherOneAndIsAskedRarely) {
  constexpr int kZones = 20'000;
  for (int i = 0; i < kZones; ++i) {
    const dns::StoredName zone = *dns::Name::parse("z" + std::to_string(i) + ".example");
    board.configure(zone, {{kBind, std::nullopt}, {kNsd, std::nullopt}}, 60s, now);
    board.publish(zone, 1, 1, now);
    board.notify(zone, now);
  }
  std::size_t most = 0;
  int to_dead = 0;
  int served = 0;
  for (int round = 0; served < kZones && round < 100'000; ++round) {
    const std::vector<Errand> errands = board.next(now);
    most = std::max(most, errands.size());
    for (const Errand& errand : errands) {
      const bool dead = errand.secondary == kNsd;
      to_dead += dead ? 1 : 0;
      if (dead) {
        board.ended(errand, {.problem = "no response"}, now);
        continue;
      }
      answer(errand, errand.notify ? std::nullopt : std::optional(1U));
      served += errand.notify ? 0 : 1;
    }
    if (errands.empty()) now = std::max(now, *board.wake_at());
  }
  EXPECT_EQ(served, kZones);
  EXPECT_LE(most, 2 * kMaxErrandsOfOne);
  EXPECT_LT(to_dead, 60);
  now += kMaxSilentPause;
  EXPECT_THAT(board.next(now), SizeIs(1));
}

TEST_F(SecondaryBoardTest, ASecondaryThatTransfersIsNoLongerSilent) {
  configure({kBind});
  publish(7);
  for (int i = 0; i < 8; ++i) {
    sleep();
    leave(one());
  }
  const Instant before = now;
  sleep();
  EXPECT_GT(now - before, 10s);
  leave(one());
  board.transferred(kZone, {.serial = 7, .by = *Endpoint::parse("192.0.2.11:40001")}, now);
  EXPECT_LE(*board.wake_at() - now, 1s);
}

TEST_F(SecondaryBoardTest, AReloadKeepsWhatIsKnown) {
  configure({kBind});
  publish(7);
  board.holds(kZone, kBind, 7);
  configure({kBind, kNsd});
  const auto records = board.records(*dns::Name::parse("EXAMPLE.com"), now);
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].facts.serves, 7U);
  EXPECT_FALSE(records[1].facts.serves);
  configure({kNsd});
  EXPECT_THAT(board.records(std::nullopt, now), SizeIs(1));
  for (const Errand& errand : board.next(now)) answer(errand);  // of one that is gone, too
  configure({});
  EXPECT_THAT(board.records(std::nullopt, now), IsEmpty());
  EXPECT_FALSE(board.wake_at());
}

TEST_F(SecondaryBoardTest, OneWithTheFullViewIsToldOfContentAlone) {
  board.configure(kZone, {{kBind, *dns::Name::parse("k"), zone::View::full}}, 60s, now);
  publish(7);
  answer(one());
  sleep();
  answer(one(), 7);
  board.publish(kZone, 8, 7, now);  // a flip
  board.notify(kZone, now);
  EXPECT_FALSE(lag());
  EXPECT_THAT(board.next(now), IsEmpty());
  now += 1s;
  board.publish(kZone, 9, 9, now);
  board.notify(kZone, now);
  EXPECT_EQ(one().serial, 9U);
  EXPECT_TRUE(lag());
  EXPECT_EQ(board.records(std::nullopt, now).at(0).ours, 9U);
}

TEST_F(SecondaryBoardTest, AZoneThatIsServedAsBeforeHasItsSecondariesAsked) {
  configure({kBind});
  board.publish(kZone, 7, 7, now);
  sleep();
  const Errand errand = one();
  EXPECT_FALSE(errand.notify);
  answer(errand, 7);
  EXPECT_FALSE(board.wake_at());
}

}  // namespace
}  // namespace rollcall::transfer
