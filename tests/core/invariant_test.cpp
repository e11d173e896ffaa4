#include "core/invariant.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(Invariant, EndsTheProcessAndSaysWhich) {
  EXPECT_DEATH(invariant(false, "two and two are four"),
               "invariant broken: two and two are four \\(invariant_test.cpp:");
}

TEST(Invariant, SaysNothingWhereItHolds) {
  invariant(true, "two and two are four");
}

TEST(Invariant, ATestMayCatchIt) {
  set_on_broken_invariant([](const std::string& line) { throw BrokenInvariant(line); });
  EXPECT_THROW(invariant(false, "two and two are four"), BrokenInvariant);
  set_on_broken_invariant(nullptr);
}

}  // namespace
}  // namespace rollcall
