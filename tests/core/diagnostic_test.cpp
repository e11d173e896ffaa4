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

Diagnostics some(Severity severity, std::uint32_t from, std::uint32_t count) {
  Diagnostics made;
  for (std::uint32_t i = 0; i < count; ++i) made.push_back({severity, {"f", from + i, 1}, "m"});
  return made;
}

TEST(Diagnostic, KeepsAHundredInTheOrderOfTheFile) {
  Diagnostics few = some(Severity::error, 50, 50);
  const Diagnostics before = some(Severity::warning, 1, 50);
  few.insert(few.end(), before.begin(), before.end());
  keep_first(few, "f");
  ASSERT_EQ(few.size(), kMaxDiagnostics);
  EXPECT_EQ(few.front().where.line, 1U);
  EXPECT_EQ(few.back().where.line, 99U);
}

TEST(Diagnostic, AnErrorIsKeptBehindAnyNumberOfWarnings) {
  Diagnostics many = some(Severity::warning, 1, 300);
  many.push_back({Severity::error, {"f", 500, 1}, "the one"});
  keep_first(many, "f");
  ASSERT_EQ(many.size(), kMaxDiagnostics + 1);
  EXPECT_EQ(many[kMaxDiagnostics - 2].where.line, 99U);
  EXPECT_EQ(many[kMaxDiagnostics - 1].message, "the one");
  EXPECT_EQ(to_string(many.back()), "f: error: and more; the first 100 are shown");
  Diagnostics warnings = some(Severity::warning, 1, 101);
  keep_first(warnings, "f");
  EXPECT_EQ(to_string(warnings.back()), "f: warning: and more; the first 100 are shown");
}

}  // namespace
}  // namespace rollcall
