#include "core/lasting_failure.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

TEST(LastingFailure, IsToldAtOnceAndThenEachMinute) {
  LastingFailure failure;
  Instant now{};
  EXPECT_TRUE(failure.failed(now).tell);
  EXPECT_FALSE(failure.failed(now + kFailureToldEvery - 1ms).tell);
  failure.worked();
  EXPECT_FALSE(failure.failed(now + kFailureToldEvery - 1ms).tell) << "one that comes and goes";
  EXPECT_TRUE(failure.failed(now + kFailureToldEvery).tell);
}

TEST(LastingFailure, IsGivenUpWhereNothingWorksMeanwhile) {
  LastingFailure failure;
  const Instant now{};
  EXPECT_FALSE(failure.failed(now).give_up);
  EXPECT_FALSE(failure.failed(now + kFailureGivenUp - 1ms).give_up);
  EXPECT_TRUE(failure.failed(now + kFailureGivenUp).give_up);
  failure.worked();
  EXPECT_FALSE(failure.failed(now + kFailureGivenUp).give_up);
}

}  // namespace
}  // namespace rollcall
