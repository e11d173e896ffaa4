#include "daemon/said_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SaidWarnings, SaysAWarningOnceAndAnErrorAlways) {
  const Diagnostic one{Severity::warning, {"db", 1, 1}, "one"};
  const Diagnostic two{Severity::warning, {"db", 2, 1}, "two"};
  const Diagnostic error{Severity::error, {"db", 3, 1}, "wrong"};
  SaidWarnings said;
  EXPECT_THAT(said.fresh("a", {one, error}), ElementsAre(one, error));
  EXPECT_THAT(said.fresh("a", {one, two, error}), ElementsAre(two, error));
  EXPECT_THAT(said.fresh("b", {one}), ElementsAre(one)) << "another zone's";
  EXPECT_THAT(said.fresh("a", {two}), IsEmpty());
  EXPECT_THAT(said.fresh("a", {one, two}), ElementsAre(one)) << "it was gone meanwhile";
  said.forget("a");
  EXPECT_THAT(said.fresh("a", {one, two}), ElementsAre(one, two));
}

}  // namespace
}  // namespace rollcall::daemon
