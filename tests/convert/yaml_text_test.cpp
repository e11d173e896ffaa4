#include "convert/yaml_text.hpp"

#include <gtest/gtest.h>

namespace rollcall::convert {
namespace {

TEST(YamlText, LeavesPlainTextsAsTheyAre) {
  for (const char* text : {"web", "192.0.2.0/24", "500ms", "50%", "root@example.com", "/robots.txt",
                           "_sip.example.com", "a+b-c"}) {
    EXPECT_EQ(yaml_scalar(text), text);
  }
}

TEST(YamlText, QuotesWhatYamlWouldReadAsSomethingElse) {
  EXPECT_EQ(yaml_scalar(""), "\"\"");
  EXPECT_EQ(yaml_scalar("~"), "\"~\"");
  EXPECT_EQ(yaml_scalar("Null"), "\"Null\"");
  EXPECT_EQ(yaml_scalar("-x"), "\"-x\"");
  EXPECT_EQ(yaml_scalar("a: b"), "\"a: b\"");
  EXPECT_EQ(yaml_scalar("a #b"), "\"a #b\"");
  EXPECT_EQ(yaml_scalar("{a, [b]}"), "\"{a, [b]}\"");
  EXPECT_EQ(yaml_scalar("*.example.com"), "\"*.example.com\"");
  EXPECT_EQ(yaml_scalar("2001:db8::1"), "\"2001:db8::1\"");
}

TEST(YamlText, EscapesInQuotes) {
  EXPECT_EQ(yaml_scalar("say \"x\\\""), R"("say \"x\\\"")");
  EXPECT_EQ(yaml_scalar("a\nb\tc\x7f"), R"("a\x0ab\x09c\x7f")");
  EXPECT_EQ(yaml_scalar("gr\xC3\xBC\xC3\x9F"
                        "e"),
            "\"gr\xC3\xBC\xC3\x9F"
            "e\"");
  EXPECT_EQ(yaml_scalar("\xff"), R"("\xff")");
}

TEST(YamlText, WritesValuesOnOneLine) {
  EXPECT_EQ(yaml_line(Settings{{"type", "http"}, {"path", "/a b"}}),
            R"({type: http, path: "/a b"})");
  EXPECT_EQ(yaml_line(List{"a", List{"b", "c"}, Settings{{"d", "e"}}}), "[a, [b, c], {d: e}]");
  EXPECT_EQ(yaml_line(List{}), "[]");
  EXPECT_EQ(yaml_line(Settings{}), "{}");
}

TEST(YamlText, BreaksLongLines) {
  const std::string half(60, 'x');
  EXPECT_EQ(yaml_document({{"empty", Settings{}},
                           {"top", "a b"},
                           {"list", List{"a"}},
                           {"zones", Settings{{"short", Settings{{"a", "b"}}},
                                              {"long", Settings{{"a", half}, {"b", half}}},
                                              {"items", List{half, half}}}}}),
            "top: \"a b\"\n\nlist: [a]\n\nzones:\n  short: {a: b}\n  long:\n    a: " + half +
                "\n    b: " + half + "\n  items:\n    - " + half + "\n    - " + half + "\n");
}

}  // namespace
}  // namespace rollcall::convert
