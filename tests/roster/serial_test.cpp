#include "roster/serial.hpp"

#include <gtest/gtest.h>

#include "core/random.hpp"

namespace rollcall::roster {
namespace {

TEST(ServedSerial, IsTheFilesAtTheFirstStart) {
  ServedSerial serial;
  serial.load(2000030101);
  EXPECT_EQ(serial.current(), 2000030101U);
  EXPECT_EQ(serial.reserve(), 2000030101U + kSerialBlock);
}

TEST(ServedSerial, ReservesAgainOnlyWhenTheBlockIsUsedUp) {
  ServedSerial serial;
  serial.load(1);
  ASSERT_EQ(serial.reserve(), 1 + kSerialBlock);
  for (std::uint32_t i = 0; i < kSerialBlock; ++i) {
    serial.advance();
    EXPECT_EQ(serial.reserve(), std::nullopt) << i;
  }
  serial.advance();
  EXPECT_EQ(serial.reserve(), serial.current() + kSerialBlock);
}

TEST(ServedSerial, AfterACrashStartsBehindAllThatMayHaveBeenPublished) {
  ServedSerial serial(165);
  serial.load(101);
  EXPECT_EQ(serial.current(), 166U);
  EXPECT_EQ(serial.reserve(), 166U + kSerialBlock);
}

TEST(ServedSerial, TakesTheFilesWhereItIsAhead) {
  ServedSerial serial(165);
  serial.load(2026112201);
  EXPECT_EQ(serial.current(), 2026112201U);
}

TEST(ServedSerial, MovesForwardOverTheWrap) {
  ServedSerial serial(0xfffffffe);
  serial.load(5);  // RFC 1982: 5 is after 4294967294
  EXPECT_EQ(serial.current(), 5U);
  ServedSerial last(0xffffffff);
  last.load(0xfffffff0);
  EXPECT_EQ(last.current(), 0U);
}

/// Random loads, flips and crashes: no serial comes twice, and each is kept before it is published.
TEST(ServedSerial, NeverPublishesASerialTwiceThroughCrashes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::optional<std::uint32_t> on_disk;
    std::optional<std::uint32_t> published;
    auto file = static_cast<std::uint32_t>(random.next());
    for (int run = 0; run < 20; ++run) {
      ServedSerial serial(on_disk);
      const auto publish = [&] {
        if (const auto ceiling = serial.reserve()) on_disk = ceiling;
        ASSERT_TRUE(on_disk && !dns::serial_greater(serial.current(), *on_disk)) << "seed " << seed;
        if (published) {
          ASSERT_TRUE(dns::serial_greater(serial.current(), *published)) << "seed " << seed;
        }
        published = serial.current();
      };
      serial.load(file);
      publish();
      for (std::uint32_t flips = random.below(200); flips > 0; --flips) {
        if (random.below(50) == 0) {
          file += random.below(3);
          serial.load(file);
        } else {
          serial.advance();
        }
        publish();
      }
    }
  }
}

}  // namespace
}  // namespace rollcall::roster
