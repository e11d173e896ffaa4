#include <gtest/gtest.h>

#include "core/counted.hpp"
#include "core/letters.hpp"
#include "core/number.hpp"
#include "core/trimmed.hpp"

namespace rollcall {
namespace {

TEST(Letters, AsciiAloneHasACase) {
  EXPECT_EQ(lowered("Content-LENGTH: Ä"), "content-length: Ä");
  EXPECT_EQ(lowered('@'), '@');
  EXPECT_EQ(lowered('['), '[');
  EXPECT_TRUE(same_letters("StartTLS", "STARTTLS"));
  EXPECT_FALSE(same_letters("ä", "Ä"));
  EXPECT_FALSE(same_letters("a", "ab"));
  EXPECT_FALSE(same_letter('[', '{'));
}

TEST(Trimmed, BlanksAroundATextGo) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \t\r\n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\na\n", " "), "\na\n");
}

TEST(ParseNumber, ReadsDigitsAndNothingElse) {
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(parse_number<std::uint16_t>("007"), 7);
  EXPECT_EQ(parse_number<int>("-7"), -7);
  for (const char* text : {"", "65536", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3"}) {
    EXPECT_EQ(parse_number<std::uint16_t>(text), std::nullopt) << text;
  }
}

TEST(Counted, OneIsNotMany) {
  EXPECT_EQ(counted(0, "member", "members"), "0 members");
  EXPECT_EQ(counted(1, "member", "members"), "1 member");
  EXPECT_EQ(counted(2, "member", "members"), "2 members");
}

}  // namespace
}  // namespace rollcall
