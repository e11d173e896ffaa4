#include "zone/generate.hpp"

#include <gtest/gtest.h>

namespace rollcall::zone {
namespace {

TEST(Generate, ReadsRanges) {
  const auto plain = parse_generate_range("1-254");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->start, 1U);
  EXPECT_EQ(plain->stop, 254U);
  EXPECT_EQ(plain->step, 1U);
  EXPECT_EQ(parse_generate_range("0-100/10")->step, 10U);
  for (const char* text : {"", "1", "1-", "-1", "2-1", "1-2/0", "1-2/", "1/2-3", "a-b", "1-2-3"}) {
    EXPECT_FALSE(parse_generate_range(text)) << text;
  }
}

TEST(Generate, PutsTheNumberIn) {
  EXPECT_EQ(*generate("a$b", 7), "a7b");
  EXPECT_EQ(*generate("\\$ $$ $ \\\\", 7), "$ $ 7 \\\\");
  EXPECT_EQ(*generate("${0}", 7), "7");
  EXPECT_EQ(*generate("${-3}", 7), "4");
  EXPECT_EQ(*generate("${+3,4}", 7), "0010");
  EXPECT_EQ(*generate("${0,3,o}", 9), "011");
  EXPECT_EQ(*generate("${0,2,x}${0,2,X}", 171), "abAB");
  EXPECT_EQ(*generate("${0,0,n}", 0x12), "2.1");
  EXPECT_EQ(*generate("${0,7,N}", 0xab), "B.A.0.0");
  EXPECT_EQ(*generate("${0,4,n}", 0xab), "b.a.");
}

TEST(Generate, RefusesModifiersThatAreNone) {
  for (const char* text :
       {"${", "${}", "${1", "${1,}", "${1,2,}", "${1,2,z}", "${1,999}", "${-8}"}) {
    EXPECT_FALSE(generate(text, 7)) << text;
  }
}

}  // namespace
}  // namespace rollcall::zone
