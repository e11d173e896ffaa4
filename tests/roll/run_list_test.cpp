#include "roll/run_list.hpp"

#include <gmock/gmock.h>

namespace rollcall::roll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunList, HoldsOneByItselfAndMoreOutside) {
  RunList runs;
  EXPECT_TRUE(runs.empty());
  EXPECT_THAT(runs, IsEmpty());
  for (std::uint32_t i = 1; i <= 3; ++i) {
    runs.add({i});
    EXPECT_EQ(runs.size(), i);
  }
  EXPECT_THAT(runs, ElementsAre(RunIndex{1}, RunIndex{2}, RunIndex{3}));
}

TEST(RunList, IsEmptyOnceItWasMovedFrom) {
  RunList one;
  one.add({7});
  const RunList taken = std::exchange(one, {});
  EXPECT_THAT(taken, ElementsAre(RunIndex{7}));
  EXPECT_THAT(one, IsEmpty());
}

}  // namespace
}  // namespace rollcall::roll
