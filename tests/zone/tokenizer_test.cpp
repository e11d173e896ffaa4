#include "zone/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/random.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;

/// Words of each entry joined by "|", quoted ones in quotes, "_" first where the owner is left out.
std::vector<std::string> entries(std::string_view text) {
  std::vector<std::string> all;
  Tokenizer tokenizer(text);
  Entry entry;
  while (tokenizer.next(entry)) {
    if (entry.error) {
      all.push_back(std::to_string(entry.error->offset) + ": " + entry.error->message);
      continue;
    }
    std::string joined = entry.leading_blank ? "_" : "";
    for (const dns::Word& word : entry.words) {
      if (&word != entry.words.data()) joined += '|';
      joined += word.quoted ? '"' + std::string(word.text) + '"' : std::string(word.text);
    }
    all.push_back(joined);
  }
  return all;
}

TEST(Tokenizer, SplitsLinesIntoWords) {
  EXPECT_THAT(entries("a IN\tA  1\n b\n\tc"), ElementsAre("a|IN|A|1", "_b", "_c"));
  EXPECT_THAT(entries(""), ElementsAre());
  EXPECT_THAT(entries("\n \n\t\n;x\n ; y"), ElementsAre());
}

TEST(Tokenizer, ACommentEndsWithItsLine) {
  EXPECT_THAT(entries("a b;c d\ne ; f"), ElementsAre("a|b", "e"));
}

TEST(Tokenizer, CarriageReturnsAreBlanks) {
  EXPECT_THAT(entries("a b\r\nc (\r\n d )\r\n"), ElementsAre("a|b", "c|d"));
}

TEST(Tokenizer, ParenthesesJoinLines) {
  EXPECT_THAT(entries("a SOA b.(\n 1 ; one\n 2\n)\nc"), ElementsAre("a|SOA|b.|1|2", "c"));
  EXPECT_THAT(entries("a ((b\n)c\n)d\ne"), ElementsAre("a|b|c|d", "e"));
  EXPECT_THAT(entries("(a\n)b\n"), ElementsAre("a|b"));
}

TEST(Tokenizer, QuotesBehindAnEqualSignAreOfTheWord) {
  EXPECT_THAT(entries("a k=\"b ; c\" d=\"\"e=\"f\\\"\" g\n"),
              ElementsAre("a|k=\"b ; c\"|d=\"\"e=\"f\\\"\"|g"));
  EXPECT_THAT(
      entries("a k=\"b\nc"),
      ElementsAre("4: the text opened here is not closed: expected '\"' on the same line", "c"));
}

TEST(Tokenizer, QuotesHoldAnythingButAnEndOfLine) {
  EXPECT_THAT(entries("a \"b ;( c\" d\"e\"f \"\"\n"), ElementsAre("a|\"b ;( c\"|d|\"e\"|f|\"\""));
  EXPECT_THAT(entries("a \"x\\\"y\\\\\"\n"), ElementsAre("a|\"x\\\"y\\\\\""));
}

TEST(Tokenizer, ABackslashTakesTheNextCharacter) {
  EXPECT_THAT(entries("a\\ b\\;c\\( d\\\\ e\n"), ElementsAre("a\\ b\\;c\\(|d\\\\|e"));
  EXPECT_THAT(entries("a\\\nb\\"), ElementsAre("a\\", "b\\"));
}

TEST(Tokenizer, SaysWhereItIsWrongAndGoesOn) {
  EXPECT_THAT(
      entries("a b)\nc \"d\ne"),
      ElementsAre("3: \")\" without a \"(\" before it",
                  "7: the text opened here is not closed: expected '\"' on the same line", "e"));
  EXPECT_THAT(entries("a\nb ((c\n) d"),
              ElementsAre("a",
                          "4: \"(\" is never closed: expected \")\", found the end of the "
                          "file"));
}

TEST(Tokenizer, AnEntryHasALimit) {
  std::string text = "a (";
  for (std::size_t i = 0; i <= kMaxWords; ++i) text += " x";
  EXPECT_THAT(entries(text), ElementsAre("2: the entry has more than 70000 words"));
}

/// Letters are looked at 64 at a time: a word may end anywhere in such a block, go on over several
/// of them, and hold control characters that stop no word.
TEST(Tokenizer, WordsOfEverySizeAtEveryPlace) {
  Random random(3);
  const std::string letters = "ab-_.*@=/+\x01\x1f\x7f\x80\xff:!'#9Z";
  const std::vector<std::string> escapes{"\\ ", "\\;", "\\(", "\\\"", "\\032", "\\\\"};
  for (int round = 0; round < 2000; ++round) {
    std::string expected;
    std::string text;
    for (std::uint64_t count = 1 + random.below(6); count > 0; --count) {
      std::string word = "w";
      for (std::uint64_t size = random.below(random.below(4) == 0 ? 200 : 20); size > 0; --size) {
        word += random.below(20) == 0 ? escapes[random.below(escapes.size())]
                                      : std::string(1, letters[random.below(letters.size())]);
      }
      expected += (expected.empty() ? "" : "|") + word;
      text += word + std::string(1 + random.below(3), random.below(2) == 0 ? ' ' : '\t');
    }
    const char* const ends[] = {"", "\n", "\r\n", ";comment\n"};
    ASSERT_THAT(entries(text + ends[random.below(4)]), ElementsAre(expected));
  }
}

TEST(Tokenizer, ParenthesesAndCommentsEndAWordWithoutABlank) {
  EXPECT_THAT(entries("a(b;c\nd)e\nf"), ElementsAre("a|b|d|e", "f"));
}

/// No octet behind the text is looked at: it ends where its memory does.
TEST(Tokenizer, ATextMayEndInAnEscapeOrAQuote) {
  for (const std::string_view text : {"a\\b", "a\\", "a=\"b\"", "a\\;"}) {
    const std::vector<char> exact(text.begin(), text.end());
    EXPECT_THAT(entries({exact.data(), exact.size()}), ElementsAre(std::string(text)));
  }
}

}  // namespace
}  // namespace rollcall::zone
