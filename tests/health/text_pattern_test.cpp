#include "health/text_pattern.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

struct PatternRow {
  const char* pattern;
  const char* text;
  bool found;
};

TEST(TextPattern, ATextAndItsAnchors) {
  for (const PatternRow& row : {
           PatternRow{"220", "1220\n", true},
           {"^220", "1220\n", false},
           {"^220", "220 mx\r\n", true},
           {"^220", "554 no\r\n220 mx\r\n", true},
           {"OK$", "all OK\r\n", true},
           {"OK$", "all OK", true},
           {"OK$", "OKAY\n", false},
           {"^OK$", "not\nOK\nnot", true},
           {"^OK$", "not OK\n", false},
           {"^$", "a\n\nb", true},
           {"^$", "a\nb", false},
           {R"(\^a)", "^a", true},
           {R"(\^a)", "a", false},
           {R"(5\$)", "costs 5$ each", true},
           {R"(5\$)", "costs 5", false},
           {"a^b$c", "a^b$c", true},
       }) {
    EXPECT_EQ(TextPattern(row.pattern).is_in(row.text), row.found)
        << row.pattern << " in " << row.text;
  }
}

TEST(TextPattern, ARegularExpression) {
  for (const PatternRow& row : {
           PatternRow{R"("status":\s*"ok")", R"({"status":  "ok"})", true},
           {R"("status":\s*"ok")", R"({"status": "bad"})", false},
           {"^2[25]0 ", "554 no\r\n250 yes\r\n", true},
           {"^2[25]0 ", "x250 yes\r\n", false},
           {"bye$", "221 bye\r\n", true},
           {"(?i)ready", "READY", true},
           {"a|b", "b", true},
           {".", "\xff", false},
       }) {
    const auto pattern = TextPattern::regex(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern;
    EXPECT_EQ(pattern->is_in(row.text), row.found) << row.pattern << " in " << row.text;
  }
}

TEST(TextPattern, WhatIsWrongIsSaidInTheWordsOfRe2) {
  EXPECT_EQ(TextPattern::regex("a(b").error().message, "missing ): a(b");
  EXPECT_EQ(TextPattern::regex(R"(a\1)").error().message, R"(invalid escape sequence: \1)");
  EXPECT_FALSE(TextPattern::regex("((a{1000}){1000}){1000}")) << "its program is too large";
}

TEST(TextPattern, WhatMayFollowCanUndoAnEndOfALine) {
  for (const TextPattern& pattern : {TextPattern("bye$"), *TextPattern::regex("bye$")}) {
    EXPECT_FALSE(pattern.find_end("221 bye", 0, false)) << "it may be bye-bye";
    EXPECT_TRUE(pattern.find_end("221 bye", 0, true));
    EXPECT_TRUE(pattern.find_end("221 bye\r\n", 0, false));
  }
  EXPECT_EQ(TextPattern("bye").find_end("221 bye", 0, false), 7U);
  EXPECT_EQ(TextPattern::regex("bye")->find_end("221 bye", 0, false), 7U);
}

TEST(TextPattern, AMatchEndsInTheTextAsItCame) {
  EXPECT_EQ(TextPattern::regex("b")->find_end("a\r\nb\r\n", 0, false), 4U);
  EXPECT_EQ(TextPattern::regex("a\nb")->find_end("a\r\nb\r\n", 0, false), 4U);
  EXPECT_EQ(TextPattern::regex("b")->find_end("b\r\nb", 1, true), 4U);
  EXPECT_FALSE(TextPattern::regex("^b")->find_end("bb", 1, true)) << "it follows a b";
  EXPECT_FALSE(TextPattern("^b").find_end("bb", 1, true));
  EXPECT_TRUE(TextPattern("^b").find_end("\nb", 1, true));
}

TEST(TextPattern, SomeAreFoundInEverything) {
  EXPECT_TRUE(TextPattern("^").matches_nothing_said());
  EXPECT_TRUE(TextPattern::regex(".*")->matches_nothing_said());
  EXPECT_FALSE(TextPattern("220").matches_nothing_said());
  EXPECT_FALSE(TextPattern().matches_nothing_said());
}

TEST(TextPattern, IsTheSameWhereItIsWrittenTheSame) {
  EXPECT_EQ(TextPattern("a"), TextPattern("a"));
  EXPECT_EQ(*TextPattern::regex("a"), *TextPattern::regex("a"));
  EXPECT_NE(TextPattern("a"), *TextPattern::regex("a"));
  EXPECT_NE(TextPattern("a"), TextPattern("^a"));
  EXPECT_EQ(TextPattern("^a").quoted(), "\"^a\"");
  EXPECT_EQ(TextPattern::regex("^a")->quoted(), "/^a/");
}

}  // namespace
}  // namespace rollcall::health
