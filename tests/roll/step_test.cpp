#include "roll/step.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rollcall::roll {
namespace {

using namespace std::chrono_literals;

TEST(TimerQueue, GivesWhatIsDueInTheOrderOfItsTimes) {
  TimerQueue<char> queue;
  EXPECT_EQ(queue.earliest(), std::nullopt);
  const Instant now{1h};
  queue.add(now + 2s, 'b');
  queue.add(now + 1s, 'a');
  queue.add(now + 3s, 'c');
  EXPECT_EQ(queue.earliest(), now + 1s);
  EXPECT_EQ(queue.take_due(now), std::nullopt);
  EXPECT_EQ(queue.take_due(now + 2s), 'a');
  EXPECT_EQ(queue.take_due(now + 2s), 'b');
  EXPECT_EQ(queue.take_due(now + 2s), std::nullopt);
  EXPECT_EQ(queue.earliest(), now + 3s);
}

TEST(TimerQueue, OfEqualTimesTheFirstAddedComesFirst) {
  TimerQueue<int> queue;
  const Instant now{1h};
  std::vector<int> taken;
  for (int i = 0; i < 100; ++i) queue.add(now, i);
  while (const auto next = queue.take_due(now)) taken.push_back(*next);
  EXPECT_EQ(taken.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(taken));
}

TEST(TimerQueue, IsTheSameAsSorting) {
  Random random(7);
  TimerQueue<std::uint32_t> queue;
  std::vector<std::uint32_t> wanted;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t at = random.below(500);
    queue.add(Instant{at * 1ms}, at);
    wanted.push_back(at);
  }
  std::ranges::sort(wanted);
  std::vector<std::uint32_t> taken;
  while (const auto next = queue.take_due(Instant{500ms})) taken.push_back(*next);
  EXPECT_EQ(taken, wanted);
}

}  // namespace
}  // namespace rollcall::roll
