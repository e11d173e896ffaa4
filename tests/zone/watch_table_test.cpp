#include "zone/watch_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace rollcall::zone {
namespace {

constexpr std::array<std::uint16_t, 3> kCounts{2, 5, 64};

TEST(WatchTable, StartsWithEveryRecordLive) {
  const WatchTable table(kCounts, 7);
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.mask(0), 0b11U);
  EXPECT_EQ(table.mask(1), 0b11111U);
  EXPECT_EQ(table.mask(2), ~std::uint64_t{0});
  EXPECT_EQ(table.serial(), 7U);
  const auto seen = table.snapshot();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->serial, 7U);
  EXPECT_EQ(seen->masks, (std::vector<std::uint64_t>{0b11, 0b11111, ~std::uint64_t{0}}));
}

TEST(WatchTable, TransfersStayWithWhatWasPublished) {
  WatchTable table(kCounts, 7);
  table.apply(std::array{MaskChange{WatchId{1}, 0b101}}, 8);
  table.withhold(std::array{MaskChange{WatchId{0}, 0b01}}, 8);
  EXPECT_EQ(table.mask(0), 0b01U) << "queries follow at once";
  EXPECT_EQ(table.snapshot()->masks[0], 0b11U);
  EXPECT_EQ(table.snapshot()->masks[1], 0b101U);
  table.apply(std::array{MaskChange{WatchId{0}, 0b01}}, 9);
  EXPECT_EQ(table.snapshot()->masks[0], 0b01U);
  EXPECT_EQ(table.snapshot()->serial, 9U);
}

TEST(WatchTable, NothingIsTransferredBeforeASerialIsPublished) {
  WatchTable table(kCounts, 7);
  table.withhold(std::array{MaskChange{WatchId{0}, 0b01}}, 7);
  EXPECT_FALSE(table.snapshot());
  table.apply(std::span<const MaskChange>{}, 8);
  EXPECT_TRUE(table.snapshot());
}

/// Each serial has masks of its own: a snapshot that mixes two is seen.
TEST(WatchTable, ASnapshotNeverMixesTwoSerials) {
  constexpr std::uint32_t kLast = 50'000;
  WatchTable table(kCounts, 0);
  const auto masks_of = [](std::uint32_t serial) {
    return std::array{MaskChange{WatchId{0}, serial}, MaskChange{WatchId{1}, serial * 3ULL},
                      MaskChange{WatchId{2}, serial * 7ULL}};
  };
  table.apply(masks_of(0), 0);
  const auto read = [&] {
    for (std::uint32_t last = 0; last < kLast;) {
      const auto seen = table.snapshot();
      if (!seen || seen->serial < last) return false;
      last = seen->serial;
      for (const MaskChange& change : masks_of(last)) {
        if (seen->masks[change.watch.value] != change.mask) return false;
      }
    }
    return true;
  };
  bool whole[2] = {};
  std::thread one([&] { whole[0] = read(); });
  std::thread two([&] { whole[1] = read(); });
  for (std::uint32_t serial = 1; serial <= kLast; ++serial) {
    table.apply(masks_of(serial), serial);
    if (serial % 100 == 0) std::this_thread::yield();
  }
  one.join();
  two.join();
  EXPECT_TRUE(whole[0]);
  EXPECT_TRUE(whole[1]);
}

}  // namespace
}  // namespace rollcall::zone
