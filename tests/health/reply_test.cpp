#include "health/reply.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

TEST(ReplyExcerpt, ShowsTheFirstLineHarmlessAndShort) {
  EXPECT_EQ(reply_excerpt("554 no\r\nmore"), "554 no");
  EXPECT_EQ(reply_excerpt("a\x1b[31mb"), "a.[31mb");
  EXPECT_EQ(reply_excerpt(std::string(100, 'y')), std::string(60, 'y') + "...");
}

TEST(Unexpected, SaysBoth) {
  EXPECT_EQ(unexpected("220", "554 no\r\n"), R"(expected "220", got "554 no")");
}

}  // namespace
}  // namespace rollcall::health
