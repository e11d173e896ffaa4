#include "pool/serial.hpp"

#include <gtest/gtest.h>

#include "core/random.hpp"

namespace rollcall::pool {
namespace {

TEST(ServedSerial, IsTheFilesAtTheFirstStart) {
  ServedSerial serial;
  EXPECT_EQ(serial.next(2000030101), 2000030101U);
  EXPECT_FALSE(serial.may_publish(2000030101)) << "it is not on disk";
  EXPECT_EQ(serial.ask(2000030101), 2000030101U + kSerialBlock);
  EXPECT_EQ(serial.ask(2000030101), std::nullopt) << "its block is under way";
  serial.keep(2000030101 + kSerialBlock);
  EXPECT_TRUE(serial.may_publish(2000030101));
}

TEST(ServedSerial, AsksForTheNextBlockWhenHalfOfOneIsLeft) {
  ServedSerial serial;
  ASSERT_EQ(serial.ask(1), 1 + kSerialBlock);
  serial.keep(1 + kSerialBlock);
  std::uint32_t next = 1;
  for (; next <= 1 + kSerialBlock - kSerialReserve; ++next) {
    EXPECT_EQ(serial.ask(next), std::nullopt) << next;
    ASSERT_TRUE(serial.may_publish(next));
    serial.publish(next);
  }
  EXPECT_EQ(serial.ask(next), next + kSerialBlock);
  for (; next <= 1 + kSerialBlock; ++next) EXPECT_TRUE(serial.may_publish(next)) << next;
  EXPECT_FALSE(serial.may_publish(next)) << "the disk has not answered";
}

TEST(ServedSerial, AfterACrashStartsBehindAllThatMayHaveBeenPublished) {
  const ServedSerial serial(165);
  EXPECT_EQ(serial.next(101), 166U);
  EXPECT_FALSE(serial.may_publish(166));
}

TEST(ServedSerial, TakesTheFilesWhereItIsAhead) {
  EXPECT_EQ(ServedSerial(165).next(2026112201), 2026112201U);
  EXPECT_EQ(ServedSerial(165).next(std::nullopt), 166U);
}

TEST(ServedSerial, MovesForwardOverTheWrap) {
  EXPECT_EQ(ServedSerial(0xfffffffe).next(5), 5U);  // RFC 1982: 5 is after 4294967294
  EXPECT_EQ(ServedSerial(0xffffffff).next(0xfffffff0), 0U);
}

TEST(CalendarSerial, IsTheLeastOfItsPolicy) {
  using namespace std::chrono_literals;
  const WallTime now{1'795'348'800s};  // 2026-11-22 12:00 UTC
  EXPECT_EQ(calendar_serial(SerialPolicy::file, now), std::nullopt);
  EXPECT_EQ(calendar_serial(SerialPolicy::unixtime, now), 1'795'348'800U);
  EXPECT_EQ(calendar_serial(SerialPolicy::date, now), 2026112200U);
  EXPECT_EQ(calendar_serial(SerialPolicy::date, now + 11h + 59min), 2026112200U);
  EXPECT_EQ(calendar_serial(SerialPolicy::date, now + 12h), 2026112300U);
}

TEST(SerialPast, IsLaterThanWhatEachSecondaryHolds) {
  const auto past = [](std::uint32_t ours, std::vector<std::uint32_t> held) {
    return serial_past(ours, held);
  };
  EXPECT_EQ(past(1, {66}), 67U);
  EXPECT_EQ(past(1, {66, 3, 70}), 71U);
  EXPECT_EQ(past(0xfffffff0, {5}), 6U) << "over the wrap";
  EXPECT_EQ(past(1, {kMaxSerialJump}), kMaxSerialJump + 1);
  EXPECT_EQ(past(1, {kMaxSerialJump + 1}), std::nullopt) << "too far";
  // Past one it would be behind the other (RFC 1982 section 3.2).
  EXPECT_EQ(past(1, {0x30000000, 0xa0000000}), std::nullopt);
  EXPECT_EQ(past(1, {0x30000000, 0xc0000000}), 0x30000001U);
}

/// Random loads, flips and crashes, on a disk that answers late: no serial is published twice, and
/// each is on disk before it is published.
TEST(ServedSerial, NeverPublishesASerialTwiceThroughCrashes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::optional<std::uint32_t> on_disk;
    std::optional<std::uint32_t> published;
    auto file = static_cast<std::uint32_t>(random.next());
    for (int run = 0; run < 20; ++run) {
      ServedSerial serial(on_disk);
      std::optional<std::uint32_t> under_way;
      const auto publish = [&](std::optional<std::uint32_t> least) {
        const std::uint32_t next = serial.next(least);
        if (const auto ceiling = serial.ask(next)) under_way = ceiling;
        if (under_way && random.below(4) == 0) {
          on_disk = under_way;  // a crash may come before its reply
          if (random.below(8) != 0) serial.keep(*std::exchange(under_way, std::nullopt));
        }
        if (!serial.may_publish(next)) return;
        ASSERT_TRUE(on_disk && !dns::serial_greater(next, *on_disk)) << "seed " << seed;
        if (published) {
          ASSERT_TRUE(dns::serial_greater(next, *published)) << "seed " << seed;
        }
        serial.publish(next);
        published = next;
      };
      for (std::uint32_t changes = random.below(200); changes > 0; --changes) {
        const bool loads = random.below(50) == 0;
        if (loads) file += random.below(3);
        publish(loads ? std::optional(file) : std::nullopt);
      }
    }
  }
}

}  // namespace
}  // namespace rollcall::pool
