#include "convert/words.hpp"

#include <gtest/gtest.h>

#include "core/diagnostic.hpp"

namespace rollcall::convert {
namespace {

/// The words with their places: 1:1 zone 1:6 "a b" 1:11 {
std::string words_of(const std::string& text, Dialect dialect) {
  const auto words = read_words({"f", text}, dialect);
  if (!words) return to_string(words.error());
  std::string out;
  for (const Word& word : *words) {
    out += std::to_string(word.line) + ":" + std::to_string(word.column) + " ";
    out += word.quoted ? "\"" + word.text + "\" " : word.text + (word.mark ? "! " : " ");
  }
  return out;
}

TEST(Words, OfNamedConf) {
  EXPECT_EQ(words_of("zone \"a b\" {x;};", Dialect::named),
            "1:1 zone 1:6 \"a b\" 1:12 {! 1:13 x 1:14 ;! 1:15 }! 1:16 ;! ");
  EXPECT_EQ(words_of("a # b\nc // d\n/* e\n f */ g[=,", Dialect::named), "1:1 a 2:1 c 4:7 g[=, ");
  EXPECT_EQ(words_of(R"("a\"b")", Dialect::named), "1:1 \"a\"b\" ");
  EXPECT_EQ(words_of("a\"b\"", Dialect::named), "1:1 a 1:2 \"b\" ");
}

TEST(Words, OfVscf) {
  EXPECT_EQ(words_of("k => [ a, \"b\" ] ; c\n# d\nx=y", Dialect::vscf),
            "1:1 k 1:3 =! 1:6 [! 1:8 a 1:9 ,! 1:11 \"b\" 1:15 ]! 3:1 x 3:2 =! 3:3 y ");
  EXPECT_EQ(words_of(R"(ex\097mpl\e "white\032s\"" http://x/)", Dialect::vscf),
            "1:1 example 1:13 \"white s\"\" 1:28 http://x/ ");
  EXPECT_EQ(words_of("\"a\nb\" c", Dialect::vscf), "1:1 \"a\nb\" 2:4 c ");
  EXPECT_EQ(words_of("a\\\nb c", Dialect::vscf), "1:1 a\nb 2:3 c ");
}

TEST(Words, ReportThePlaceOfWhatIsNeverClosed) {
  EXPECT_EQ(words_of("a\n \"b", Dialect::named), "f:2:2: error: this quote is never closed");
  EXPECT_EQ(words_of("a /* b", Dialect::named), "f:1:3: error: this comment is never closed");
  EXPECT_EQ(words_of("a\\", Dialect::vscf),
            "f:1:2: error: invalid escape: expected \\X or \\DDD up to 255");
  EXPECT_EQ(words_of("a\\999", Dialect::vscf),
            "f:1:2: error: invalid escape: expected \\X or \\DDD up to 255");
  EXPECT_EQ(words_of("a\\", Dialect::named), "1:1 a ");
}

}  // namespace
}  // namespace rollcall::convert
