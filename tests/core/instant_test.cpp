#include "core/instant.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, ReadsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("50us"), 50us);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("0s"), 0s);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("400d"), 400 * 24h);
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "5", "5 s", " 5s", "5s ", "+5s", "-5s", "-0s", "5S", "5sec",
                           "1.5s", "5m30s", "0x5s", "5us5"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_duration("106751d"), 106751 * 24h);  // 292 years: 2^63 nanoseconds
  EXPECT_EQ(parse_duration("106752d"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775807s"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775808us"), std::nullopt);
}

TEST(FormatDuration, IsTheShortestExactForm) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(60s), "1m");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(1500ns), "1us") << "below a microsecond nothing is shown";
}

TEST(FormatDuration, IsReadBackAsItWas) {
  for (const Duration time : std::initializer_list<Duration>{1us, 999us, 1ms, 59999ms, 1h, 25h}) {
    EXPECT_EQ(parse_duration(format_duration(time)), time);
  }
}

TEST(LastingText, StandsBehindWhatLasts) {
  EXPECT_EQ(lasting_text(30min), " for 30m");
  EXPECT_EQ(lasting_text(std::nullopt), "");
}

TEST(FormatWallTime, IsRfc3339) {
  EXPECT_EQ(format_wall_time(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_wall_time(WallTime{1'795'371'107'123ms}), "2026-11-22T18:11:47.123Z");
  EXPECT_EQ(format_wall_time(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace rollcall
