#include "yaml/yaml_syntax.hpp"

#include <gmock/gmock.h>

#include "diagnostic_lines.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::yaml {
namespace {

using testing::ElementsAre;

std::vector<std::string> messages(const std::string& text) {
  Report report("r.yaml");
  read_document(text, report);
  return lines_of(report.take());
}

struct Slip {
  const char* text;
  const char* said;  // behind "r.yaml:"
};

class Syntax : public testing::TestWithParam<Slip> {};

TEST_P(Syntax, IsToldInWords) {
  EXPECT_THAT(messages(GetParam().text), ElementsAre(std::string("r.yaml:") + GetParam().said))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Tabs, Syntax,
    testing::Values(Slip{"server:\n\tlisten: x\n",
                         "2:1: error: a tab in the indentation: YAML allows only blanks there"},
                    Slip{"server:\n  nsid: x\n\tuser: y\n",
                         "3:1: error: a tab in the indentation: YAML allows only blanks there"},
                    Slip{"server:\n  \tnsid: x\n  user: y\n",
                         "2:3: error: a tab in the indentation: YAML allows only blanks there"}));

INSTANTIATE_TEST_SUITE_P(
    Quotes, Syntax,
    testing::Values(
        Slip{"a: \"foo\nb: \"bar\"\nc: 1\n",
             "1:4: error: the text opened here is not closed in this line: the next \" is in line "
             "2"},
        Slip{
            "# it's\na: 'foo\nb: 'bar'\n",
            "2:4: error: the text opened here is not closed in this line: the next ' is in line 3"},
        Slip{"a: \"foo\nb: bar\n", "1:4: error: the text opened here with \" is never closed"},
        Slip{"a: {b: \"x, c: 1}\nd: 2\n",
             "1:8: error: the text opened here with \" is never closed"},
        Slip{"a: |\n  it's \"\nb: 'x\n", "3:4: error: the text opened here with ' is never closed"},
        Slip{"a: \"x\" y\n", "1:8: error: text after the closing \""}));

INSTANTIATE_TEST_SUITE_P(
    Colons, Syntax,
    testing::Values(
        Slip{"server:\n  user:root\n  nsid: x\n",
             "2:7: error: a blank is missing after the colon of \"user:\""},
        Slip{"user:root\nserver: x\n",
             "1:5: error: a blank is missing after the colon of \"user:\""},
        Slip{"a: b: c\n",
             "1:5: error: a second \": \" in this line: put a value that contains one in quotes"},
        Slip{"a: b\nc\nd: e\n",
             "2:1: error: this line has no colon: expected a key, a colon and a value"}));

INSTANTIATE_TEST_SUITE_P(
    Indentation, Syntax,
    testing::Values(
        Slip{"server:\n  nsid: x\n   user: y\n",
             "3:4: error: this line is indented by 3 blanks, but line 2 above it, which already "
             "has a value, by 2"},
        Slip{"server:\n    nsid: x\n  # why\n\n  user: y\n",
             "5:3: error: this line is indented by 2 blanks, which matches no open block above it"},
        Slip{"server:\n  nsid: x\n user: y\n",
             "3:2: error: this line is indented by 1 blank, which matches no open block above it"},
        Slip{"a:\n  - b\n  c: d\n",
             "3:3: error: a key beside the items of a list: one of the two has the wrong "
             "indentation"},
        Slip{"a: - b\n", "1:4: error: an item of a list with \"-\" begins on a line of its own"}));

INSTANTIATE_TEST_SUITE_P(
    Brackets, Syntax,
    testing::Values(
        Slip{"zones:\n  a.b: {file: x}\n  c.d: {file: y\npools:\n  e: {check: w}\n",
             "3:8: error: the \"{\" opened here is not closed before line 4"},
        Slip{"a: [1, 2\nb: 3\n", "1:4: error: the \"[\" opened here is not closed before line 2"},
        Slip{"a: {x: 1}}\n", "1:10: error: this closing bracket has no opening bracket"}));

INSTANTIATE_TEST_SUITE_P(
    Reserved, Syntax,
    testing::Values(
        Slip{"pools:\n  *.a.b: {check: web}\n",
             "2:3: error: *.a.b must be in quotes: in YAML a text cannot begin with \"*\""},
        Slip{"a: @x\n", "1:4: error: @x must be in quotes: in YAML a text cannot begin with \"@\""},
        Slip{"a: {b: %x, c: d}\n",
             "1:8: error: %x must be in quotes: in YAML a text cannot begin with \"%\""},
        Slip{"a: \"\\xyz\"\n",
             "1:9: error: YAML syntax: bad character found while scanning hex number"}));

TEST(YamlSyntax, GoodTextHasNoOpenQuote) {
  for (const char* text :
       {"a: it's\nb: don't\n", "a: 'it''s'\n", "a: \"x\\\"y\"\n", "a: [\"b\", 'c']\n", "# it's\n",
        "a: b # it's\n", "a: |\n  'x\n\n  \"y\nb: c\n", "a: >-  \n  'x\n", "a: \"b\n  c\"\n",
        "- 'a'\n- b's\n", "\"a b\": c\n", "a: {b: 5' tall}\n"}) {
    EXPECT_FALSE(find_open_quote(text)) << text;
  }
}

TEST(YamlSyntax, AnyPlaceIsTaken) {
  for (const char* text : {"", "\n", "a", "'", "a:\n\t"}) {
    for (std::uint32_t line = 0; line < 4; ++line) {
      for (std::uint32_t column = 0; column < 4; ++column) {
        for (const char* said : {"end of map not found", "illegal flow end", "anchor", ""}) {
          EXPECT_FALSE(explain_syntax(text, line, column, said).message.empty());
        }
      }
    }
  }
}

}  // namespace
}  // namespace rollcall::yaml
