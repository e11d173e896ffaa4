#include "core/diagnostic.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(Diagnostic, SaysAsMuchOfThePlaceAsIsKnown) {
  const Diagnostic whole{Severity::error, {"db", 3, 4}, "bad"};
  EXPECT_EQ(to_string(whole), "db:3:4: error: bad");
  EXPECT_EQ(to_log_line(whole), "db:3:4: bad");
  const Diagnostic file{Severity::warning, {"db", 0, 0}, "odd"};
  EXPECT_EQ(to_string(file), "db: warning: odd");
  EXPECT_EQ(to_log_line(file), "db: odd");
  const Diagnostic nowhere{Severity::error, {}, "lost"};
  EXPECT_EQ(to_string(nowhere), "error: lost");
  EXPECT_EQ(to_log_line(nowhere), "lost");
}

}  // namespace
}  // namespace rollcall
