#include "log/stranger_log.hpp"

#include <gtest/gtest.h>

#include "captured_log.hpp"
#include "core/lasting_failure.hpp"

namespace rollcall::log {
namespace {

using namespace std::chrono_literals;

IpAddress host(int n) {
  return *IpAddress::parse("10.0." + std::to_string(n / 256) + "." + std::to_string(n % 256));
}

TEST(LineCountsTest, TheFirstIsWrittenAndTheOthersAreCounted) {
  LineCounts counts;
  Instant now{};
  EXPECT_TRUE(counts.first(host(1), "refused", now));
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(counts.first(host(1), "refused", now));
  EXPECT_TRUE(counts.first(host(1), "aborted", now));
  EXPECT_TRUE(counts.first(host(2), "refused", now));
  EXPECT_TRUE(counts.due(now + kStrangerLogPeriod - 1ns).empty());
  EXPECT_EQ(counts.due(now + kStrangerLogPeriod),
            std::vector<std::string>{"10.0.0.1: refused: 1000 more within a minute"});
  EXPECT_TRUE(counts.first(host(1), "refused", now + kStrangerLogPeriod));
  EXPECT_TRUE(counts.due(now + 2 * kStrangerLogPeriod).empty());
}

TEST(LineCountsTest, HostsBeyondTheTableAreOneLine) {
  LineCounts counts;
  const Instant now{};
  int written = 0;
  for (int n = 0; n < 10'000; ++n) written += counts.first(host(n), "refused", now) ? 1 : 0;
  EXPECT_EQ(written, kMaxStrangerLines);
  const std::vector<std::string> told = counts.due(now + kStrangerLogPeriod);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], "9744 more lines about other hosts left out within a minute");
}

TEST(StrangerLogTest, MakesTheTextOfWhatIsWrittenAlone) {
  const CapturedLog captured;
  StrangerLog log;
  int made = 0;
  // Of an IPv6 host each address is the same host.
  for (int i = 0; i < 100; ++i) {
    log.note(spdlog::level::info, *IpAddress::parse("2001:db8::" + std::to_string(i)), "refused",
             Instant{}, [&] {
               ++made;
               return std::string("line of the first");
             });
  }
  log.tell_due(Instant{} + kStrangerLogPeriod);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(captured.text(),
            "info: line of the first\ninfo: 2001:db8::: refused: 99 more within a minute\n");
}

TEST(LastingFailureTest, IsToldOnceAMinuteAndGivenUpAfterAWhile) {
  LastingFailure failing;
  Instant now{};
  EXPECT_TRUE(failing.failed(now).tell);
  EXPECT_FALSE(failing.failed(now + kFailurePause).tell);
  EXPECT_FALSE(failing.failed(now + kFailureGivenUp - 1ns).give_up);
  failing.worked();
  now += kFailureGivenUp;
  EXPECT_FALSE(failing.failed(now).give_up);  // it has worked since
  EXPECT_FALSE(failing.failed(now).tell);
  EXPECT_TRUE(failing.failed(now + kFailureGivenUp).give_up);
  EXPECT_TRUE(failing.failed(now + kFailureToldEvery).tell);
}

}  // namespace
}  // namespace rollcall::log
