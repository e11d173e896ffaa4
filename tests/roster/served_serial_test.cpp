/// The serials under which secondaries get what is answered: on a full disk, over restarts, by the
/// calendar.
#include "served_pools.hpp"
#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

class ServedSerialTest : public testing::Test {
 protected:
  void serve(SavedState saved = {}, bool disk_full = false,
             const std::string& content = "records") {
    stage_ = std::make_unique<Stage>(std::move(saved));
    stage_->disk_full = disk_full;
    stage_->configure({pool_of("www.example.com")}, {"example.com"});
    load(content);
  }
  void load(const std::string& content, const std::string& tail = kTwo) {
    zone_ = build("example.com", tail, {"www.example.com"});
    step(ZoneBuilt{zone_, content});
  }
  void step(const Event& event) {
    stage_->step(event);
    for (const Effect& effect : stage_->effects) {
      if (const auto* live = std::get_if<StoreLive>(&effect)) store(*live);
      if (const auto* keep = std::get_if<KeepSerial>(&effect)) asked_ = keep->serial;
      notifies_ += std::holds_alternative<SendNotify>(effect) ? 1 : 0;
      const auto* publish = std::get_if<PublishZone>(&effect);
      if (publish != nullptr) published_ = publish->zone != nullptr;
    }
  }
  /// Answers the next probe of `member`, and no other.
  void answer(std::string_view member, bool good) {
    for (int i = 0; i < 100; ++i) {
      const auto its = std::ranges::find(stage_->probes, address_of(member), &StartProbe::member);
      if (its != stage_->probes.end()) {
        const RunId probe = its->probe;
        stage_->probes.erase(its);
        return step(ProbeDone{probe, {good, good ? "" : "refused"}});
      }
      stage_->now += 500ms;
      step(Tick{});
    }
    FAIL() << member << " is not probed";
  }
  void all_up() {
    answer("192.0.2.11", true);
    answer("192.0.2.12", true);
  }
  void disk(const std::string& problem) {
    SerialsKept event{.kept = {}, .problem = problem};
    if (problem.empty()) event.kept[name_of("example.com")] = asked_;
    step(event);
  }
  std::uint64_t answered() const { return zone_->watch_table().mask(0); }
  std::optional<zone::WatchSnapshot> sent() const { return zone_->watch_table().snapshot(); }
  SavedState stopped() {
    step(Stopping{});
    SavedState state;
    state.serials[name_of("example.com")] = asked_;
    return state;
  }

  std::unique_ptr<Stage> stage_;
  ZonePtr zone_;
  SavedSerial asked_;
  int notifies_ = 0;
  bool published_ = false;
};

TEST_F(ServedSerialTest, IsPublishedWhenItIsOnDisk) {
  serve({}, true);
  all_up();
  EXPECT_FALSE(published_) << "the disk has not answered yet";
  EXPECT_FALSE(sent());
  disk("");
  EXPECT_TRUE(published_);
  ASSERT_TRUE(sent());
  EXPECT_EQ(sent()->serial, 10U);
  EXPECT_EQ(notifies_, 1);
}

TEST_F(ServedSerialTest, ADiskThatHangsHoldsTheStartForNoLongerThanSilentMembers) {
  serve({}, true);
  all_up();
  stage_->now += kReadyLimit;
  step(Tick{});
  EXPECT_TRUE(published_);
  EXPECT_FALSE(sent());
  EXPECT_EQ(notifies_, 0);
}

TEST_F(ServedSerialTest, AStartOnAFullDiskServesAndTellsNoSecondary) {
  serve({}, true);
  all_up();
  disk("No space left on device");
  EXPECT_TRUE(published_);
  EXPECT_FALSE(sent());
  answer("192.0.2.11", false);
  EXPECT_EQ(answered(), 0b10U) << "answers follow the probes";
  EXPECT_EQ(notifies_, 0);
  disk("");
  ASSERT_TRUE(sent());
  EXPECT_EQ(sent()->serial, 10U);
  EXPECT_EQ(sent()->masks[0], 0b10U);
  EXPECT_EQ(notifies_, 1);
}

TEST_F(ServedSerialTest, WhatCannotBeKeptIsNotPublishedAndAnswersFollow) {
  serve();
  all_up();
  stage_->disk_full = true;
  std::uint32_t flips = 0;
  for (; flips < 3 * kSerialBlock; ++flips) answer("192.0.2.11", flips % 2 != 0);
  EXPECT_EQ(answered(), 0b11U);
  answer("192.0.2.11", false);
  EXPECT_EQ(answered(), 0b10U);
  ASSERT_TRUE(sent());
  const std::uint32_t before = sent()->serial;
  EXPECT_LE(before, 10 + kSerialBlock) << "what was on disk";
  EXPECT_EQ(sent()->masks[0], before % 2 == 0 ? 0b11U : 0b10U) << "as it was under that serial";
  const int told = notifies_;
  disk("No space left on device");
  EXPECT_EQ(sent()->serial, before);
  stage_->now += kNotifyPause;
  disk("");
  EXPECT_EQ(sent()->serial, before + 1);
  EXPECT_EQ(sent()->masks[0], 0b10U);
  EXPECT_EQ(notifies_, told + 1);
}

TEST_F(ServedSerialTest, ANewVersionThatCannotBeKeptIsAnsweredAndNotTransferred) {
  serve();
  all_up();
  stage_->disk_full = true;
  for (std::uint32_t i = 0; i <= kSerialBlock; ++i) answer("192.0.2.11", i % 2 != 0);
  load("other records", "www A 192.0.2.11\nwww A 192.0.2.12\nmore A 192.0.2.13\n");
  EXPECT_TRUE(published_);
  EXPECT_FALSE(sent()) << "the serial before has other records";
  disk("");
  ASSERT_TRUE(sent());
  EXPECT_EQ(sent()->serial, 11 + kSerialBlock);
}

TEST_F(ServedSerialTest, ARestartWithNothingChangedKeepsTheSerial) {
  serve();
  all_up();
  answer("192.0.2.11", false);
  answer("192.0.2.11", true);
  const std::uint32_t before = sent()->serial;
  const SavedState state = stopped();
  EXPECT_EQ(state.serials.at(name_of("example.com")).ceiling, before);
  notifies_ = 0;
  serve(state);
  all_up();
  ASSERT_TRUE(sent());
  EXPECT_EQ(sent()->serial, before);
  EXPECT_EQ(notifies_, 0) << "secondaries have it already";
  answer("192.0.2.11", false);
  EXPECT_EQ(sent()->serial, before + 1);
}

TEST_F(ServedSerialTest, ARestartWithOtherMasksOrRecordsMovesIt) {
  serve();
  all_up();
  const std::uint32_t before = sent()->serial;
  const SavedState state = stopped();
  serve(state);
  answer("192.0.2.11", false);
  answer("192.0.2.12", true);
  EXPECT_EQ(sent()->serial, before + 1) << "another member is live";
  serve(state, false, "other records");
  all_up();
  EXPECT_EQ(sent()->serial, before + 1);
}

TEST_F(ServedSerialTest, AStopBeforeTheFirstRoundForgetsNothing) {
  serve();
  all_up();
  const SavedState state = stopped();
  serve(state);  // no member is probed
  EXPECT_EQ(stopped().serials, state.serials);
}

TEST_F(ServedSerialTest, AfterACrashTheRestOfTheBlockIsSkipped) {
  serve();
  all_up();
  SavedState state;
  state.serials[name_of("example.com")] = asked_;  // as on disk
  serve(state);
  all_up();
  EXPECT_EQ(sent()->serial, 10 + kSerialBlock + 1);
}

TEST_F(ServedSerialTest, AReloadOfTheSameRecordsKeepsTheSerial) {
  serve();
  all_up();
  load("records");
  ASSERT_TRUE(sent());
  EXPECT_EQ(sent()->serial, 10U);
  load("other records");
  EXPECT_EQ(sent()->serial, 11U);
  answer("192.0.2.11", false);
  EXPECT_EQ(sent()->serial, 12U);
  load("other records");
  EXPECT_EQ(sent()->serial, 12U);
}

edit::ZoneEdit edit_of(std::uint8_t last_octet) {
  return {{}, {{name_of("new.example.com"), dns::Type::A, 60, {192, 0, 2, last_octet}}}};
}

TEST_F(ServedSerialTest, AnEditMovesTheSerialAndKeepsPoolsAsTheyAre) {
  serve();
  all_up();
  const ZonePtr before = zone_;
  zone_ = before->with({.overlay = before->overlay()});
  step(ZoneEdited{zone_, edit_of(9)});
  EXPECT_EQ(sent()->serial, 11U);
  EXPECT_EQ(sent()->zone, zone_);
  EXPECT_TRUE(stage_->told<PublishZone>()->edited);
  EXPECT_EQ(*stage_->told<StoreLive>()->edits, std::vector{edit_of(9)});
  answer("192.0.2.11", false);
  EXPECT_EQ(sent()->serial, 12U);
  EXPECT_FALSE(stage_->told<StoreLive>()->edits);
  zone_ = zone_->with({.overlay = zone_->overlay()});
  step(ZoneEdited{zone_, {}});
  EXPECT_EQ(sent()->serial, 12U) << "the same content in other memory";
  EXPECT_EQ(sent()->zone, zone_);
  load("other records");
  step(ZoneEdited{before, edit_of(8)});
  EXPECT_TRUE(stage_->effects.empty()) << "it was made of a version that is gone";
}

TEST_F(ServedSerialTest, EditsThatCannotBeKeptAreAnsweredAndNotSent) {
  serve();
  all_up();
  const ZonePtr before = zone_;
  stage_->disk_full = true;
  std::uint32_t serial = 10;
  for (int i = 0; i < 100; ++i) {
    zone_ = zone_->with({.overlay = zone_->overlay()});
    step(ZoneEdited{zone_, edit_of(static_cast<std::uint8_t>(i))});
    if (const auto now = stage_->sent()) serial = *now;
  }
  EXPECT_LT(serial, 110U);
  EXPECT_EQ(sent()->serial, serial);
  EXPECT_NE(sent()->zone, zone_) << "the version of that serial";
  ASSERT_NE(sent()->zone, nullptr);
  disk("");
  EXPECT_EQ(sent()->serial, serial + 1);
  EXPECT_EQ(sent()->zone, zone_);
  EXPECT_EQ(stage_->told<StoreLive>()->edits->size(), 110 - serial);
}

TEST_F(ServedSerialTest, GoesByTheCalendarWhereThePolicySaysSo) {
  stage_ = std::make_unique<Stage>();
  Configured event{.pools = {pool_of("www.example.com")}, .origins = {name_of("example.com")}};
  event.serial_policies[name_of("example.com")] = SerialPolicy::unixtime;
  stage_->roster->set_calendar(WallTime{1'795'348'800s});
  step(event);
  load("records");
  all_up();
  EXPECT_EQ(sent()->serial, 1'795'348'800U);
  answer("192.0.2.11", false);
  EXPECT_EQ(sent()->serial, 1'795'348'801U);
  stage_->roster->set_calendar(WallTime{1'795'352'400s});
  answer("192.0.2.11", true);
  EXPECT_EQ(sent()->serial, 1'795'352'400U);
  stage_->roster->set_calendar(WallTime{1'000s});  // it was set back
  answer("192.0.2.11", false);
  EXPECT_EQ(sent()->serial, 1'795'352'401U);
}

}  // namespace
}  // namespace rollcall::roster
