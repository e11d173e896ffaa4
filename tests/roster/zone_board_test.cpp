#include "roster/zone_board.hpp"

#include <gmock/gmock.h>

#include "core/invariant.hpp"
#include "roll/desk.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr const char* kWww = "www.example.com";

class ZoneBoardTest : public Desk {
 protected:
  ZoneBoardTest() {
    const PoolSpec spec = pool_of(kWww);
    version_ = build("example.com", "www A 192.0.2.11\nwww A 192.0.2.12\n", {kWww});
    board_.configure(Configured{.pools = {spec}, .origins = {name_of("example.com")}});
    zone_ = board_.place(name_of("example.com"));
    board_.take(zone_, ZoneBuilt{version_, "records"});
    pool_ = add_pool(spec, {"192.0.2.11", "192.0.2.12"}, zone_);
    board_.set_pools(zone_, {pool_});
    board_.bind_watches(zone_, [](PoolIndex, PoolState) {});
    board_.serve(zone_);
  }
  /// The disk has kept what it was asked for.
  void keep() {
    SerialsKept done;
    for (const KeepSerial& asked : take<KeepSerial>()) done.kept[asked.origin] = asked.serial;
    board_.take(done);
  }
  void let_fall(std::uint32_t member) {
    views_[ref(pool_, member)] = {
        .observed = State::down, .judged = State::down, .up = false, .counted = false};
    board_.renew_state(pool_);
    board_.store(pool_);
  }

  void rise(std::uint32_t member) {
    views_[ref(pool_, member)] = {
        .observed = State::up, .judged = State::up, .up = true, .counted = true};
    board_.renew_state(pool_);
    board_.store(pool_);
  }

  ZonePtr version_;
  PoolIndex pool_;
  ZoneBoard board_{step_, roll_, *this};
  ZoneIndex zone_;
};

TEST_F(ZoneBoardTest, AZoneIsServedWhenItsSerialIsOnDisk) {
  EXPECT_FALSE(board_[zone_].published);
  keep();
  EXPECT_TRUE(board_[zone_].published);
  const auto live = take<StoreLive>();
  ASSERT_EQ(live.size(), 1U);
  EXPECT_TRUE(live[0].published);
  EXPECT_EQ(live[0].serial, 10U);
}

TEST_F(ZoneBoardTest, AFlipSaysWhatWasAndWhatIs) {
  keep();
  take<StoreLive>();
  let_fall(0);
  const auto live = take<StoreLive>();
  ASSERT_EQ(live.size(), 1U);
  EXPECT_THAT(live[0].changes, ElementsAre(LiveChange{{0}, 0b11, 0b10}));
  EXPECT_EQ(live[0].serial, 11U);
  EXPECT_EQ(board_.flips(), 1U);
  EXPECT_FALSE(board_.is_live(ref(pool_, 0)));
  EXPECT_TRUE(board_.is_live(ref(pool_, 1)));
  board_.check_invariants();
}

/// Answers follow each flip at once; SOA and transfers show the masks of their serial.
TEST_F(ZoneBoardTest, FlipsMoveTheSerialAtMostOnceASecond) {
  WatchTableSink table;
  const auto carry = [&] {
    for (const StoreLive& live : take<StoreLive>()) table.take(live);
  };
  const auto sent = [&] { return version_->watch_table().snapshot().value(); };
  const auto at_due = [&] {
    step_.now += kSerialPause;
    board_.send_flips(zone_);
    carry();
  };
  keep();
  carry();
  let_fall(0);
  carry();
  EXPECT_EQ(sent().serial, 11U);
  EXPECT_EQ(sent().masks[0], 0b10U);
  step_.now += 100ms;
  for (int i = 0; i < 5; ++i) {
    rise(0);
    carry();
    EXPECT_EQ(version_->watch_table().mask(0), 0b11U) << "answered at once";
    EXPECT_EQ(sent().serial, 11U);
    EXPECT_EQ(sent().masks[0], 0b10U) << "as it was under that serial";
    if (i < 4) let_fall(0);
    carry();
  }
  keep();  // a serial that is on disk is not used before its time
  carry();
  EXPECT_EQ(sent().serial, 11U);
  at_due();
  EXPECT_EQ(sent().serial, 12U);
  EXPECT_EQ(sent().masks[0], 0b11U);
  let_fall(0);
  rise(0);
  carry();
  at_due();
  EXPECT_EQ(sent().serial, 12U) << "what came back is no change";
  step_.now += kSerialPause;
  let_fall(1);
  carry();
  EXPECT_EQ(sent().serial, 13U) << "after a pause, at once";
  board_.check_invariants();
}

TEST_F(ZoneBoardTest, TheSerialOfTheContentStaysWhereMembersFlip) {
  keep();
  EXPECT_EQ(take<StoreLive>().back().full_serial, 10U);
  let_fall(0);
  const StoreLive flip = take<StoreLive>().back();
  EXPECT_EQ(flip.serial, 11U);
  EXPECT_EQ(flip.full_serial, 10U);
}

TEST_F(ZoneBoardTest, EachSinkTakesAFlip) {
  struct Journal : LiveSink {
    std::vector<std::uint32_t> serials;
    void take(const StoreLive& live) override { serials.push_back(live.serial); }
  };
  Journal journal;
  WatchTableSink table;
  const std::vector<LiveSink*> sinks{&table, &journal};
  const auto carry = [&] {
    for (const StoreLive& live : take<StoreLive>()) {
      for (LiveSink* sink : sinks) sink->take(live);
    }
  };
  keep();
  carry();
  let_fall(1);
  carry();
  EXPECT_THAT(journal.serials, ElementsAre(10U, 11U));
  EXPECT_EQ(version_->watch_table().mask(0), 0b01U);
  EXPECT_EQ(version_->watch_table().serial(), 11U);
}

TEST_F(ZoneBoardTest, AllDownFailsOpen) {
  keep();
  let_fall(0);
  let_fall(1);
  EXPECT_TRUE(board_.state(pool_).all_down);
  EXPECT_TRUE(board_.is_live(ref(pool_, 0)));
  EXPECT_EQ(board_.ballots(pool_).size(), 1U);
}

TEST_F(ZoneBoardTest, NormalServesAll) {
  keep();
  let_fall(0);
  normal_ = true;
  board_.store_all();
  EXPECT_TRUE(board_.is_live(ref(pool_, 0)));
  EXPECT_FALSE(board_.would_be_live(ref(pool_, 0)));
}

TEST_F(ZoneBoardTest, SharesAloneAreNothingForSecondaries) {
  keep();
  take<StoreLive>();
  views_[ref(pool_, 0)].share = 200;
  board_.store(pool_);
  const auto live = take<StoreLive>();
  ASSERT_EQ(live.size(), 1U);
  EXPECT_FALSE(live[0].published);
  ASSERT_TRUE(live[0].changes.at(0).shares);
  EXPECT_THAT(live[0].changes[0].shares->weights, ElementsAre(200, 100));
  EXPECT_EQ(live[0].changes[0].mask_before, live[0].changes[0].mask_after);
}

TEST_F(ZoneBoardTest, AMaskThatPolicyDoesNotSayBreaksAnInvariant) {
  set_on_broken_invariant([](const std::string& line) { throw BrokenInvariant(line); });
  board_.check_invariants();
  views_[ref(pool_, 0)] = {
      .observed = State::up, .judged = State::down, .up = false, .counted = false};
  try {
    board_.check_invariants();
    ADD_FAILURE() << "nothing is broken";
  } catch (const BrokenInvariant& broken) {
    EXPECT_THAT(broken.what(), testing::HasSubstr("a stored mask is what policy says of today"));
  }
  set_on_broken_invariant(nullptr);
}

}  // namespace
}  // namespace rollcall::roster
