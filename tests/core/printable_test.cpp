#include "core/printable.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rollcall {
namespace {

TEST(Printable, KeepsWhatAPersonCanRead) {
  const std::string text = "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \\ \" %s {}";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable_block(text), text);
  EXPECT_TRUE(is_printable(text));
}

TEST(Printable, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(printable("a\xFFz"), "a\\xffz");
  EXPECT_EQ(printable("\xC3"), "\\xc3");                             // cut short
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(printable("\xE2\x82x"), "\\xe2\\x82x");
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J");  // CSI of ISO 8859-1
}

TEST(Printable, EscapesControlCharacters) {
  EXPECT_EQ(printable(std::string_view("\0\a\x1b[2J\x7f", 7)), "\\x00\\x07\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0"), "\\u0080\\u009b\\u009f\xC2\xA0");
}

TEST(Printable, EscapesControlsOfDirectionAndSeparators) {
  EXPECT_EQ(printable("\xD8\x9C"), "\\u061c");
  EXPECT_EQ(printable("\xE2\x80\x8E\xE2\x80\x8F"), "\\u200e\\u200f");
  EXPECT_EQ(printable("\xE2\x80\xA8\xE2\x80\xA9"), "\\u2028\\u2029");
  EXPECT_EQ(printable("\xE2\x80\xAA\xE2\x80\xAE"), "\\u202a\\u202e");
  EXPECT_EQ(printable("\xE2\x81\xA6\xE2\x81\xA9"), "\\u2066\\u2069");
  EXPECT_EQ(printable("\xE2\x80\x8D"), "\xE2\x80\x8D");  // U+200D joins, in many scripts
}

TEST(Printable, ALineHasNoLineEnds) {
  EXPECT_EQ(printable("a\nb\r\n\tc"), "a\\nb\\r\\n\\tc");
}

TEST(Printable, ABlockKeepsItsLines) {
  EXPECT_EQ(printable_block("a\nb\r\n\tc\rd\x1b"), "a\nb\n\tc\\rd\\x1b");
}

/// Octets that are likely to make sequences that are nearly right.
std::string random_text(std::mt19937& random) {
  static constexpr std::string_view kParts[] = {
      "a",    "\n",   "\r",   "\t",   "\x1b", "\x7f", "\x80",     "\x9b",         "\xC2",
      "\xE2", "\x80", "\xA8", "\xAE", "\xF0", "\x9F", "\xC3\xA4", "\xE2\x80\xAE", "\xED\xA0\x80",
      "\\",   "\"",   "\xFF", "\xD8", "\x9C", "\xC0"};
  std::string text;
  for (int i = 0; i < 12; ++i) text += kParts[random() % std::size(kParts)];
  text += static_cast<char>(random());
  return text;
}

TEST(Printable, WhateverComesItIsValidAndHoldsNoControls) {
  std::mt19937 random(7);
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = random_text(random);
    const std::string line = printable(text);
    ASSERT_TRUE(is_printable(line)) << line;
    ASSERT_EQ(printable(line), line);
    ASSERT_EQ(is_printable(text), line == text);
    std::string block = printable_block(text);
    ASSERT_EQ(printable_block(block), block);
    std::erase_if(block, [](char c) { return c == '\n' || c == '\t'; });
    ASSERT_TRUE(is_printable(block)) << block;
  }
}

}  // namespace
}  // namespace rollcall
