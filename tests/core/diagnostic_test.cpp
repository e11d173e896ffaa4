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

TEST(Diagnostic, IsOnePrintableLine) {
  const Diagnostic hostile{Severity::error, {"db\n", 2, 1}, "unknown type \"\xC2\x9B\xff\x1b\""};
  EXPECT_EQ(to_string(hostile), R"(db\n:2:1: error: unknown type "\u009b\xff\x1b")");
  EXPECT_EQ(to_log_line(hostile), R"(db\n:2:1: unknown type "\u009b\xff\x1b")");
}

}  // namespace
}  // namespace rollcall
