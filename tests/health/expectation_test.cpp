#include "health/expectation.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

TEST(Expectation, WithoutATextIsSatisfiedAtOnce) {
  EXPECT_TRUE(Expectation("").satisfied());
}

TEST(Expectation, FindsATextThatArrivesInPieces) {
  Expectation expectation("httpd is working");
  EXPECT_EQ(expectation.feed("HTTP says: http"), Found::not_yet);
  EXPECT_FALSE(expectation.satisfied());
  EXPECT_EQ(expectation.feed("d is wor"), Found::not_yet);
  EXPECT_EQ(expectation.feed("king\n"), Found::yes);
  EXPECT_TRUE(expectation.satisfied());
}

TEST(Expectation, FindsATextByteByByte) {
  Expectation expectation("220");
  EXPECT_EQ(expectation.feed("2"), Found::not_yet);
  EXPECT_EQ(expectation.feed("2"), Found::not_yet);
  EXPECT_EQ(expectation.feed("0"), Found::yes);
}

TEST(Expectation, GivesUpAfterItsLimit) {
  Expectation expectation("needle");
  const std::string hay(kMaxReplySearched - 1, 'x');
  EXPECT_EQ(expectation.feed(hay), Found::not_yet);
  EXPECT_EQ(expectation.feed("needle"), Found::no);
  EXPECT_FALSE(expectation.satisfied());
}

TEST(Expectation, FindsATextThatEndsAtTheLimit) {
  Expectation expectation("needle");
  EXPECT_EQ(expectation.feed(std::string(kMaxReplySearched - 6, 'x')), Found::not_yet);
  EXPECT_EQ(expectation.feed("needle and more"), Found::yes);
}

TEST(ReplyExcerpt, ShowsTheFirstLineHarmlessAndShort) {
  EXPECT_EQ(reply_excerpt("554 no\r\nmore"), "554 no");
  EXPECT_EQ(reply_excerpt("a\x1b[31mb"), "a.[31mb");
  EXPECT_EQ(reply_excerpt(std::string(100, 'y')), std::string(60, 'y') + "...");
}

}  // namespace
}  // namespace rollcall::health
