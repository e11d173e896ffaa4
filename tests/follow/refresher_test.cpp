#include "follow/refresher.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::follow {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Endpoint kFirst = *Endpoint::parse("192.0.2.1:53");
const Endpoint kSecond = *Endpoint::parse("192.0.2.2:53");

dns::Name named(const std::string& text) {
  return *dns::Name::parse(text);
}

/// The effects as words, without the pauses; questions and transfers get their visits.
class RefresherTest : public testing::Test {
 protected:
  RefresherTest() { follow({"a.example"}); }

  void follow(const std::vector<std::string>& zones,
              std::vector<Endpoint> primaries = {kFirst, kSecond}) {
    Followed event;
    for (const std::string& zone : zones) {
      Followed::Zone& followed = event.zones.emplace_back();
      followed.origin = named(zone);
      for (const Endpoint& primary : primaries) followed.primaries.push_back({primary, {}});
    }
    step(event);
  }
  std::vector<std::string> step(const Event& event) {
    std::vector<std::string> said;
    for (const Effect& effect : refresher_.step(event, now_)) tell(effect, said);
    return said;
  }
  void tell(const Effect& effect, std::vector<std::string>& said) {
    if (const auto* ask = std::get_if<AskSerial>(&effect)) {
      visit_ = ask->visit;
      ++asked_;
      said.push_back("ask " + ask->primary.address.to_string());
    } else if (const auto* fetch = std::get_if<Fetch>(&effect)) {
      visit_ = fetch->visit;
      ++fetched_;
      said.push_back(fmt::format("{} from {}",
                                 fetch->serial ? fmt::format("IXFR of {}", *fetch->serial) : "AXFR",
                                 fetch->primary.address.to_string()));
    } else if (const auto* ended = std::get_if<RoundEnded>(&effect)) {
      said.push_back((ended->ok ? "good: " : "failed: ") + ended->text);
    } else if (std::holds_alternative<Expired>(effect)) {
      said.emplace_back("expired");
    } else if (std::holds_alternative<Revived>(effect)) {
      said.emplace_back("revived");
    } else if (std::holds_alternative<KeepConfirmed>(effect)) {
      said.emplace_back("keep");
    } else {
      wake_ = std::get<WakeAt>(effect).at;
    }
  }
  /// Goes to the next time that something is due.
  std::vector<std::string> wait() {
    EXPECT_TRUE(wake_);
    now_ = std::max(now_, *wake_);
    return step(Tick{});
  }
  /// The same until something else than writing to disk is due.
  std::vector<std::string> wait_for_more() {
    std::vector<std::string> said;
    for (int i = 0; i < 10 && said.empty(); ++i) {
      said = wait();
      std::erase(said, "keep");
    }
    return said;
  }
  std::vector<std::string> answer(std::uint32_t serial, std::optional<std::uint32_t> expire = {}) {
    return step(Answered{visit_, {}, serial, expire});
  }
  std::vector<std::string> silent() { return step(Answered{visit_, "no answer", 0, {}}); }
  std::vector<std::string> built(std::uint32_t serial) {
    return step(Built{visit_, {serial, 100, 20, 1000}, {}});
  }
  /// The zone has serial 7 by a transfer.
  void hold() {
    step(CopyMissing{named("a.example")});
    wait();
    answer(7);
    built(7);
  }
  FollowedState state() const { return *refresher_.state(named("a.example")); }

  Instant now_{std::chrono::hours(1)};
  Refresher refresher_{1};
  VisitId visit_{};
  std::optional<Instant> wake_;
  int asked_ = 0, fetched_ = 0;
};

TEST_F(RefresherTest, AZoneWithoutACopyIsTransferred) {
  EXPECT_THAT(step(CopyMissing{named("a.example")}), IsEmpty());
  EXPECT_THAT(wait(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(answer(7), ElementsAre("AXFR from 192.0.2.1:53"));
  EXPECT_THAT(built(7), ElementsAre("good: serial 7, the whole zone"));
  EXPECT_EQ(state().held->serial, 7U);
  EXPECT_EQ(state().from, kFirst);
}

TEST_F(RefresherTest, TheRefreshTimeComesWithJitter) {
  hold();
  const Instant done = now_;
  EXPECT_THAT(wait(), ElementsAre("keep"));
  EXPECT_THAT(wait(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_GE(now_ - done, seconds(90));
  EXPECT_LE(now_ - done, seconds(100));
  EXPECT_THAT(answer(7), ElementsAre("good: serial 7 is still the newest"));
}

TEST_F(RefresherTest, ANewerSerialIsFetchedByIxfr) {
  hold();
  EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(answer(8), ElementsAre("IXFR of 7 from 192.0.2.1:53"));
  EXPECT_THAT(built(8), ElementsAre("good: serial 8, the whole zone"));
}

TEST_F(RefresherTest, WhatCameIsSaid) {
  hold();
  wait_for_more();
  answer(8);
  EXPECT_THAT(step(Built{visit_, {8, 100, 20, 1000}, 7}),
              ElementsAre("good: serial 8, the changes since 7"));
}

TEST_F(RefresherTest, AnyTroubleWithIxfrMeansAxfrAtOnce) {
  hold();
  wait_for_more();
  answer(8);
  EXPECT_THAT(step(NotFetched{visit_, "broken"}), ElementsAre("AXFR from 192.0.2.1:53"));
  EXPECT_THAT(built(8), ElementsAre("good: serial 8, the whole zone"));
  wait_for_more();
  EXPECT_THAT(answer(9), ElementsAre("IXFR of 8 from 192.0.2.1:53"));
  EXPECT_THAT(step(NotBuilt{visit_, "does not fit"}), ElementsAre("AXFR from 192.0.2.1:53"));
  EXPECT_THAT(step(NotFetched{visit_, "broken"}), ElementsAre("ask 192.0.2.2:53"));
  EXPECT_THAT(answer(9), ElementsAre("IXFR of 8 from 192.0.2.2:53"));
}

TEST_F(RefresherTest, PrimariesAreAskedInTurn) {
  hold();
  wait_for_more();
  EXPECT_THAT(silent(), ElementsAre("ask 192.0.2.2:53"));
  EXPECT_THAT(answer(7), ElementsAre("good: serial 7 is still the newest"));
  EXPECT_EQ(state().from, kSecond);
  EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.2:53"));
  EXPECT_THAT(silent(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(silent(), ElementsAre("failed: 192.0.2.1:53: no answer"));
  EXPECT_EQ(state().problem, "192.0.2.1:53: no answer");
}

TEST_F(RefresherTest, ThePauseAfterAFailureDoublesUpToTheRefreshTime) {
  follow({"a.example"}, {kFirst});
  hold();
  wait_for_more();
  for (const int most : {20, 40, 80, 100, 100}) {
    silent();
    const Instant failed = now_;
    EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.1:53"));
    EXPECT_LE(now_ - failed, seconds(most));
    EXPECT_GE(now_ - failed, seconds(most) * 9 / 10);
  }
}

TEST_F(RefresherTest, AZoneThatNobodyConfirmsExpires) {
  follow({"a.example"}, {kFirst});
  hold();
  const Instant confirmed = now_;
  std::vector<std::string> said;
  while (std::ranges::find(said, "expired") == said.end() && now_ < confirmed + seconds(2000)) {
    said = wait();
    if (std::ranges::find(said, "ask 192.0.2.1:53") != said.end()) silent();
  }
  EXPECT_EQ(now_ - confirmed, seconds(1000));
  EXPECT_TRUE(refresher_.is_expired(named("a.example")));
  wait_for_more();
  EXPECT_THAT(answer(7), ElementsAre("revived", "good: serial 7 is still the newest"));
  EXPECT_FALSE(refresher_.is_expired(named("a.example")));
}

TEST_F(RefresherTest, TheTimeThatThePrimaryHasLeftCounts) {
  hold();
  wait_for_more();
  answer(8, 300);
  built(8);
  EXPECT_EQ(*state().expires - now_, seconds(300));
  wait_for_more();
  const Instant before = *state().expires;
  answer(8, 100);  // it has confirmed the version, and knows less than we do
  EXPECT_EQ(*state().expires, before);
  wait_for_more();
  answer(8, 5000);
  EXPECT_EQ(*state().expires - now_, seconds(1000));
}

TEST_F(RefresherTest, ACopyIsServedUntilItExpires) {
  const Held held{7, 100, 20, 1000};
  EXPECT_THAT(step(CopyLoaded{named("a.example"), held, seconds(600), seconds(400)}), IsEmpty());
  EXPECT_EQ(*state().expires, now_ + seconds(400));
  EXPECT_THAT(wait(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(answer(8), ElementsAre("IXFR of 7 from 192.0.2.1:53"));
}

TEST_F(RefresherTest, AnOldCopyHasExpired) {
  EXPECT_THAT(step(CopyLoaded{named("a.example"), {7, 100, 20, 1000}, seconds(1001), seconds(-1)}),
              ElementsAre("expired"));
  EXPECT_THAT(wait(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(answer(7), ElementsAre("revived", "good: serial 7 is still the newest"));
}

TEST_F(RefresherTest, ANotifyFromAPrimaryBeginsARoundWithIt) {
  hold();
  const IpAddress second = kSecond.address;
  EXPECT_THAT(step(Notified{named("a.example"), second, 7}), IsEmpty());  // it is what we have
  EXPECT_THAT(step(Notified{named("a.example"), *IpAddress::parse("192.0.2.3"), 8}), IsEmpty());
  EXPECT_THAT(step(Notified{named("b.example"), second, 8}), IsEmpty());
  EXPECT_THAT(step(Notified{named("a.example"), second, 8}), ElementsAre("ask 192.0.2.2:53"));
}

TEST_F(RefresherTest, ANotifyDuringARoundBeginsAnother) {
  hold();
  wait_for_more();
  EXPECT_THAT(step(Notified{named("a.example"), kSecond.address, {}}), IsEmpty());
  EXPECT_THAT(answer(7), ElementsAre("good: serial 7 is still the newest", "ask 192.0.2.2:53"));
  EXPECT_THAT(answer(7), ElementsAre("good: serial 7 is still the newest"));
}

/// Whoever forges NOTIFY makes us ask no more often than this; the last one is not lost.
TEST_F(RefresherTest, NotifyBeginsARoundEachFewSecondsAtMost) {
  hold();
  const Instant began = now_;
  EXPECT_THAT(step(Notified{named("a.example"), kFirst.address, 8}),
              ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(step(Notified{named("a.example"), kFirst.address, 8}), IsEmpty());
  EXPECT_THAT(answer(7), ElementsAre("good: serial 7 is still the newest"));
  for (int i = 1; i < 5; ++i) {
    now_ = began + seconds(i);
    EXPECT_THAT(step(Notified{named("a.example"), kSecond.address, 8}), IsEmpty());
  }
  EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.2:53"));
  EXPECT_EQ(now_ - began, kNotifyPause);
  answer(7);
  EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.2:53"));
  EXPECT_GE(now_ - began, seconds(90));
}

TEST_F(RefresherTest, NotifyDoesNotShortenThePauseAfterAFailureByMore) {
  follow({"a.example"}, {kFirst});
  hold();
  wait_for_more();
  silent();
  EXPECT_THAT(step(Notified{named("a.example"), kFirst.address, 8}),
              ElementsAre("ask 192.0.2.1:53"));
  const Instant began = now_;
  EXPECT_THAT(silent(), ElementsAre("failed: 192.0.2.1:53: no answer"));
  EXPECT_THAT(step(Notified{named("a.example"), kFirst.address, 8}), IsEmpty());
  EXPECT_THAT(wait_for_more(), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_EQ(now_ - began, kNotifyPause);
}

TEST_F(RefresherTest, AnOperatorGetsTheWholeZone) {
  hold();
  EXPECT_THAT(step(TransferWanted{named("a.example")}), ElementsAre("ask 192.0.2.1:53"));
  EXPECT_THAT(answer(7), ElementsAre("AXFR from 192.0.2.1:53"));
  EXPECT_THAT(built(7), ElementsAre("good: serial 7, the whole zone"));
}

TEST_F(RefresherTest, AThousandZonesComeOneAfterTheOther) {
  std::vector<std::string> zones;
  for (int i = 0; i < 1000; ++i) zones.push_back(fmt::format("z{}.example", i));
  follow(zones);
  for (const std::string& zone : zones) step(CopyMissing{named(zone)});
  now_ += kStartSpread;
  std::vector<Effect> open = refresher_.step(Tick{}, now_);
  std::size_t asking = 0, fetching = 0, done = 0;
  while (!open.empty()) {
    std::vector<Event> events;
    for (const Effect& effect : open) {
      if (const auto* ask = std::get_if<AskSerial>(&effect)) {
        ++asking;
        events.emplace_back(Answered{ask->visit, {}, 1, {}});
      } else if (const auto* fetch = std::get_if<Fetch>(&effect)) {
        ++fetching;
        events.emplace_back(Built{fetch->visit, {1, 100, 20, 1000}, {}});
      }
    }
    EXPECT_LE(asking, kMaxQuestions);
    EXPECT_LE(fetching, kMaxTransfersOfPrimary);
    open.clear();
    for (const Event& event : events) {
      const bool was_question = std::holds_alternative<Answered>(event);
      --(was_question ? asking : fetching);
      done += was_question ? 0 : 1;
      const std::vector<Effect>& more = refresher_.step(event, now_);
      open.insert(open.end(), more.begin(), more.end());
    }
  }
  EXPECT_EQ(done, 1000U);
}

/// All zones of one primary that never ends its transfers, before a zone of another one.
TEST_F(RefresherTest, ASlowPrimaryLeavesPlacesForOthers) {
  Followed event;
  std::vector<std::string> zones;
  for (int i = 0; i < 20; ++i) {
    zones.push_back(fmt::format("z{}.example", i));
    event.zones.push_back({named(zones.back()), {{kFirst, {}}}});
  }
  zones.emplace_back("z.example");
  event.zones.push_back({named(zones.back()), {{kSecond, {}}}});
  step(event);
  for (const std::string& zone : zones) step(CopyMissing{named(zone)});
  now_ += kStartSpread;
  const std::vector<Effect> asked = refresher_.step(Tick{}, now_);
  std::vector<std::string> said;
  std::vector<VisitId> slow;
  for (const Effect& effect : asked) {
    const auto* ask = std::get_if<AskSerial>(&effect);
    if (ask == nullptr) continue;
    const std::vector<std::string> more = step(Answered{ask->visit, {}, 1, {}});
    if (!more.empty() && more[0] == "AXFR from 192.0.2.1:53") slow.push_back(visit_);
    said.insert(said.end(), more.begin(), more.end());
  }
  EXPECT_EQ(slow.size(), kMaxTransfersOfPrimary);
  EXPECT_EQ(std::ranges::count(said, "AXFR from 192.0.2.2:53"), 1);
  EXPECT_EQ(step(Built{slow[0], {1, 100, 20, 1000}, {}}).back(), "AXFR from 192.0.2.1:53");
}

/// The zone waits for a transfer from a primary that the configuration then replaces.
TEST_F(RefresherTest, AWaitingTransferFollowsItsPrimaries) {
  std::vector<std::string> zones;
  for (std::size_t i = 0; i <= kMaxTransfersOfPrimary; ++i) {
    zones.push_back(fmt::format("z{}.example", i));
  }
  follow(zones, {kFirst});
  for (const std::string& zone : zones) step(CopyMissing{named(zone)});
  now_ += kStartSpread;
  const std::vector<Effect> asked = refresher_.step(Tick{}, now_);
  for (const Effect& effect : asked) {
    if (const auto* ask = std::get_if<AskSerial>(&effect)) step(Answered{ask->visit, {}, 1, {}});
  }
  EXPECT_EQ(fetched_, static_cast<int>(kMaxTransfersOfPrimary));
  follow(zones, {kSecond});
  EXPECT_THAT(step(Built{visit_, {1, 100, 20, 1000}, {}}),
              testing::Contains("AXFR from 192.0.2.2:53"));
}

TEST_F(RefresherTest, AZoneThatIsDroppedFreesItsPlace) {
  step(CopyMissing{named("a.example")});
  wait();
  follow({"b.example"});
  EXPECT_THAT(answer(7), IsEmpty());
  EXPECT_FALSE(refresher_.follows(named("a.example")));
  step(CopyMissing{named("b.example")});
  EXPECT_THAT(wait(), ElementsAre("ask 192.0.2.1:53"));
}

TEST_F(RefresherTest, OtherPrimariesAreAskedAtOnce) {
  hold();
  const Endpoint third = *Endpoint::parse("192.0.2.3:53");
  Followed event;
  event.zones.push_back({named("a.example"), {{third, {}}}});
  EXPECT_THAT(step(event), ElementsAre("ask 192.0.2.3:53"));
}

}  // namespace
}  // namespace rollcall::follow
