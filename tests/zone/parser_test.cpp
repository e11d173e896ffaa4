#include "zone/parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Parsed {
  std::vector<std::string> records;  // "owner ttl type rdata"
  std::vector<std::string> said;
};

Parsed parse(const Files& files) {
  Parsed parsed;
  const Cancelled never = [] { return false; };
  Sources sources;
  Findings findings(sources);
  const ReadFile read = [&files](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail("no such file: " + path);
    return found->second;
  };
  Parser parser(name_of("ex.com"), sources, findings, read, never, [&](const ParsedRecord& record) {
    parsed.records.push_back(record.owner.to_text() + " " + std::to_string(record.ttl) + " " +
                             dns::type_name(record.type) + " " +
                             dns::rdata_to_text(record.type, record.rdata));
  });
  parser.parse_file("zone");
  for (const Diagnostic& diagnostic : findings.take()) {
    parsed.said.push_back(to_string(diagnostic));
  }
  return parsed;
}

Parsed parse(std::string text) {
  return parse(Files{{"zone", std::move(text)}});
}

TEST(Parser, OwnerTtlAndClassComeInAnyOrderOrNotAtAll) {
  const Parsed parsed = parse(
      "$TTL 10\na IN 5 A 192.0.2.1\nb 1h30m IN A 192.0.2.1\nc 1W2D3H4M5S A 192.0.2.1\nd in a "
      "192.0.2.1\n A 192.0.2.2\n@ A 192.0.2.1\nIN IN A 192.0.2.1\n5 A 192.0.2.1\nA A 192.0.2.1\n"
      "x.org. CLASS1 TYPE1 192.0.2.1\n");
  EXPECT_THAT(parsed.said, IsEmpty());
  EXPECT_THAT(
      parsed.records,
      ElementsAre("a.ex.com. 5 A 192.0.2.1", "b.ex.com. 5400 A 192.0.2.1",
                  "c.ex.com. 788645 A 192.0.2.1", "d.ex.com. 10 A 192.0.2.1",
                  "d.ex.com. 10 A 192.0.2.2", "ex.com. 10 A 192.0.2.1", "IN.ex.com. 10 A 192.0.2.1",
                  "5.ex.com. 10 A 192.0.2.1", "A.ex.com. 10 A 192.0.2.1", "x.org. 10 A 192.0.2.1"));
}

TEST(Parser, OriginIsRelativeToTheOneBefore) {
  const Parsed parsed =
      parse("$TTL 1\n$ORIGIN foo\na NS b\n$origin bar.ex.com.\na NS @\n$ORIGIN .\na NS b\n NS .\n");
  EXPECT_THAT(parsed.said, IsEmpty());
  EXPECT_THAT(parsed.records,
              ElementsAre("a.foo.ex.com. 1 NS b.foo.ex.com.", "a.bar.ex.com. 1 NS bar.ex.com.",
                          "a. 1 NS b.", "a. 1 NS ."));
}

TEST(Parser, WithoutDefaultTtlTheSoaMinimumServes) {
  const Parsed parsed = parse("@ SOA a b 1 2 3 4 5\n NS a\na 77 A 192.0.2.1\nb A 192.0.2.1\n");
  EXPECT_THAT(parsed.records,
              ElementsAre("ex.com. 5 SOA a.ex.com. b.ex.com. 1 2 3 4 5", "ex.com. 5 NS a.ex.com.",
                          "a.ex.com. 77 A 192.0.2.1", "b.ex.com. 5 A 192.0.2.1"));
  EXPECT_THAT(parsed.said, ElementsAre("zone:1:1: warning: no $TTL: records without a TTL get the "
                                       "SOA's minimum, 5"));
}

TEST(Parser, WithoutDefaultTtlTheRecordBeforeServesWhereItHadOne) {
  const Parsed parsed = parse(
      "@ 99 SOA a b 1 2 3 4 5\n NS a\na 7 A 192.0.2.1\nb A 192.0.2.1\n$TTL 3\nc A 192.0.2.1\n");
  EXPECT_THAT(parsed.records, ElementsAre("ex.com. 99 SOA a.ex.com. b.ex.com. 1 2 3 4 5",
                                          "ex.com. 99 NS a.ex.com.", "a.ex.com. 7 A 192.0.2.1",
                                          "b.ex.com. 7 A 192.0.2.1", "c.ex.com. 3 A 192.0.2.1"));
  EXPECT_THAT(parsed.said, ElementsAre("zone:2:2: warning: no $TTL: records without a TTL get that "
                                       "of the previous record, here 99"));
}

TEST(Parser, IncludeHasItsOriginAndGivesBackOriginAndOwner) {
  const Parsed parsed =
      parse(Files{{"zone", "$TTL 1\nq NS a\n$INCLUDE \"sub.db\" x\n NS b\nc NS d\n$INCLUDE sub.db"},
                  {"sub.db", " NS i\n$ORIGIN deep\nj NS k\n"}});
  EXPECT_THAT(parsed.said, IsEmpty());
  EXPECT_THAT(parsed.records,
              ElementsAre("q.ex.com. 1 NS a.ex.com.", "q.ex.com. 1 NS i.x.ex.com.",
                          "j.deep.x.ex.com. 1 NS k.deep.x.ex.com.", "q.ex.com. 1 NS b.ex.com.",
                          "c.ex.com. 1 NS d.ex.com.", "c.ex.com. 1 NS i.ex.com.",
                          "j.deep.ex.com. 1 NS k.deep.ex.com."));
}

TEST(Parser, AnErrorInAnIncludedFileNamesThatFile) {
  const Parsed parsed =
      parse(Files{{"zone", "$TTL 1\n$INCLUDE sub.db\na A x\n"}, {"sub.db", "\nb A y\n"}});
  EXPECT_THAT(parsed.said, ElementsAre("zone:3:5: error: expected an IPv4 address, found \"x\"",
                                       "sub.db:2:5: error: expected an IPv4 address, found \"y\""));
}

TEST(Parser, IncludesThatIncludeEachOtherEnd) {
  const Parsed parsed = parse(Files{{"zone", "$INCLUDE zone\n"}});
  EXPECT_THAT(parsed.said,
              ElementsAre("zone:1:1: error: $INCLUDE is nested deeper than 8 files: do "
                          "they include each other?"));
}

TEST(Parser, FilesThatIncludeEachOtherTwiceEnd) {
  const Parsed parsed = parse(Files{{"zone", "$INCLUDE zone\n$INCLUDE zone\n"}});
  EXPECT_THAT(parsed.said, testing::SizeIs(kMaxParseErrors));
}

TEST(Parser, IncludesAreCounted) {
  std::string text;
  for (std::size_t i = 0; i < kMaxIncludes; ++i) text += "$INCLUDE empty\n";
  EXPECT_THAT(parse(Files{{"zone", text}, {"empty", ""}}).said, IsEmpty());
  text += "$INCLUDE empty\n";
  EXPECT_THAT(
      parse(Files{{"zone", text}, {"empty", ""}}).said,
      ElementsAre("zone:10001:1: error: more than 10000 $INCLUDE entries in this zone: do files "
                  "include each other?"));
}

TEST(Parser, GenerateHasOneLimitForAllLinesAndFiles) {
  const Parsed parsed =
      parse(Files{{"zone", "$TTL 1\n$GENERATE 1-1 a A 192.0.2.$\n$INCLUDE sub.db\n"},
                  {"sub.db", "$GENERATE 0-16777215 a A 192.0.2.$\n"}});
  EXPECT_THAT(parsed.said,
              ElementsAre("sub.db:1:11: error: with \"0-16777215\", $GENERATE makes more than "
                          "16777216 records in this zone"));
  EXPECT_THAT(parsed.records, ElementsAre("a.ex.com. 1 A 192.0.2.1"));
}

TEST(Parser, GenerateMakesARecordForEachNumber) {
  const Parsed parsed = parse(
      "$TTL 1\n$GENERATE 1-3/2 h$ 9 IN A 192.0.2.$\n$GENERATE 9-10 ${1,3,d} CNAME a${-9,2,x}.b\n"
      "$GENERATE 171-171 ${0,5,n} MX \"5 m\\$-$\"\n");
  EXPECT_THAT(parsed.said, IsEmpty());
  EXPECT_THAT(parsed.records,
              ElementsAre("h1.ex.com. 9 A 192.0.2.1", "h3.ex.com. 9 A 192.0.2.3",
                          "010.ex.com. 1 CNAME a00.b.ex.com.", "011.ex.com. 1 CNAME a01.b.ex.com.",
                          "b.a.0.ex.com. 1 MX 5 m\\$-171.ex.com."));
}

struct Case {
  const char* text;
  const char* said;
};

class ParserError : public testing::TestWithParam<Case> {};

TEST_P(ParserError, NamesPlaceTokenAndWhatWasExpected) {
  const Parsed parsed = parse(std::string("$TTL 1\n") + GetParam().text + "\nafter A 192.0.2.1\n");
  EXPECT_THAT(parsed.said, ElementsAre(GetParam().said));
  EXPECT_THAT(parsed.records, ElementsAre("after.ex.com. 1 A 192.0.2.1"));  // it goes on
}

INSTANTIATE_TEST_SUITE_P(
    All, ParserError,
    testing::Values(
        Case{"$FOO x",
             "zone:2:1: error: expected $ORIGIN, $TTL, $INCLUDE or $GENERATE, found \"$FOO\""},
        Case{"$ORIGIN", "zone:2:8: error: expected a domain name, found the end of the entry"},
        Case{"$ORIGIN a b", "zone:2:11: error: expected the end of $ORIGIN, found \"b\""},
        Case{"$ORIGIN a..b",
             "zone:2:9: error: \"a..b\" is not a domain name: it has an empty label"},
        Case{"$TTL x", "zone:2:6: error: expected a time in seconds or with units, found \"x\""},
        Case{"$TTL 1 2", "zone:2:8: error: expected the end of $TTL, found \"2\""},
        Case{"$INCLUDE", "zone:2:9: error: expected a file name, found the end of the entry"},
        Case{"$INCLUDE nothere", "zone:2:10: error: no such file: nothere"},
        Case{"$INCLUDE a b c", "zone:2:14: error: expected the end of $INCLUDE, found \"c\""},
        Case{"$GENERATE 3-1 a A 1",
             "zone:2:11: error: expected a range as 1-254 or 0-100/10, "
             "found \"3-1\""},
        Case{"$GENERATE 0-99999999 a A 1",
             "zone:2:11: error: \"0-99999999\" generates more than 16777216 records"},
        Case{"$GENERATE 1-2 a",
             "zone:2:16: error: expected a record type, found the end of the "
             "entry"},
        Case{"$GENERATE 1-2 a${x} A 1",
             "zone:2:15: error: expected ${offset,width,base} with a base of d o x X n N, found "
             "\"${x}\""},
        Case{"$GENERATE 1-2 a${-2} A 1", "zone:2:15: error: \"a${-2}\" is below 0 for 1"},
        Case{"$GENERATE 1-2 a A 1.$", "zone:2:19: error: expected an IPv4 address, found \"1.1\""},
        Case{"a..b A 1", "zone:2:1: error: \"a..b\" is not a domain name: it has an empty label"},
        Case{"a", "zone:2:2: error: expected a record type, found the end of the entry"},
        Case{"a 5 IN", "zone:2:7: error: expected a record type, found the end of the entry"},
        Case{"a AA 1", "zone:2:3: error: expected a record type, found \"AA\", did you mean A?"},
        Case{"a \"A\" 1", "zone:2:3: error: expected a record type, found \"A\""},
        Case{"a 5x A 1", "zone:2:3: error: expected a record type, found \"5x\""},
        Case{"a 4294967296 A 1", "zone:2:3: error: expected a record type, found \"4294967296\""},
        Case{"a CH A 192.0.2.1", "zone:2:3: error: class CH is not served: expected IN"},
        Case{"a CLASS7 A 1", "zone:2:3: error: class CLASS7 is not served: expected IN"},
        Case{"a ANY 1", "zone:2:3: error: type ANY is not allowed in a zone"},
        Case{" A 192.0.2.1",
             "zone:2:2: error: no owner name: expected one in the first column, because there is "
             "no earlier record"},
        Case{"a A 192.0.2", "zone:2:5: error: expected an IPv4 address, found \"192.0.2\""},
        Case{"a MX 1", "zone:2:7: error: expected a domain name, found the end of the record"},
        Case{"a TXT \"x",
             "zone:2:7: error: the text opened here is not closed: expected '\"' on "
             "the same line"},
        Case{"a TXT \"x\" \"y\\300\"",
             "zone:2:11: error: expected a backslash and a character or "
             "000 to 255 in a text, found \"y\\300\""},
        Case{"a A 192.0.2.1 5", "zone:2:15: error: expected the end of the A record, found \"5\""},
        Case{"a MX (\n 70000\n b )",
             "zone:3:2: error: expected a number from 0 to 65535, found "
             "\"70000\""},
        Case{"MX 10 mail",
             "zone:2:7: error: expected a record type, found \"mail\"; the line "
             "probably lost the blanks before \"MX\""},
        Case{"NS ns1.ex.com.",
             "zone:2:4: error: expected a record type, found \"ns1.ex.com.\"; "
             "the line probably lost the blanks before \"NS\""}));

TEST(Parser, WithoutAnyTtlARecordIsRefused) {
  const Parsed parsed = parse("a A 192.0.2.1\nb 5 A 192.0.2.1\n");
  EXPECT_THAT(
      parsed.said,
      ElementsAre("zone:1:1: error: no TTL: expected one here, in $TTL, or in an earlier record"));
  EXPECT_THAT(parsed.records, ElementsAre("b.ex.com. 5 A 192.0.2.1"));
}

TEST(Parser, ATtlAbove31BitsCountsAsZero) {  // RFC 2181 section 8
  const Parsed parsed = parse("a 2147483648 A 192.0.2.1\n$TTL 4294967295\nb A 192.0.2.1\n");
  EXPECT_THAT(parsed.records, ElementsAre("a.ex.com. 0 A 192.0.2.1", "b.ex.com. 0 A 192.0.2.1"));
  EXPECT_THAT(parsed.said,
              ElementsAre("zone:1:3: warning: TTL 2147483648 is above 2147483647 and counts as 0",
                          "zone:2:6: warning: TTL 4294967295 is above 2147483647 and counts as 0"));
}

TEST(Parser, TheSameOwnerWordUnderAnotherOriginIsAnotherName) {
  const Parsed parsed = parse(Files{{"zone",
                                     "$TTL 1\na A 192.0.2.1\na A 192.0.2.2\n$ORIGIN b\n"
                                     "a A 192.0.2.3\n$INCLUDE c d\na A 192.0.2.5\n"
                                     "$GENERATE 1-1 a.x A 192.0.2.6\na A 192.0.2.7\n"},
                                    {"c", "a A 192.0.2.4\n"}});
  EXPECT_THAT(
      parsed.records,
      ElementsAre("a.ex.com. 1 A 192.0.2.1", "a.ex.com. 1 A 192.0.2.2", "a.b.ex.com. 1 A 192.0.2.3",
                  "a.d.b.ex.com. 1 A 192.0.2.4", "a.b.ex.com. 1 A 192.0.2.5",
                  "a.x.b.ex.com. 1 A 192.0.2.6", "a.b.ex.com. 1 A 192.0.2.7"));
  EXPECT_THAT(parsed.said, IsEmpty());
}

TEST(Parser, AByteOrderMarkIsNamed) {
  const Parsed parsed = parse("\xef\xbb\xbf$TTL 1\na A 192.0.2.1\n");
  EXPECT_THAT(parsed.said, ElementsAre("zone:1:1: error: the file begins with a byte order mark: "
                                       "save it as plain text"));
  EXPECT_EQ(parsed.records.size(), 1U);
}

TEST(Parser, StopsAfterTwentyErrors) {
  std::string text = "$TTL 1\n";
  for (int i = 0; i < 30; ++i) text += "a A x\n";
  const Parsed parsed = parse(text);
  ASSERT_EQ(parsed.said.size(), kMaxParseErrors);
  EXPECT_EQ(parsed.said.back(), "zone:21:5: error: expected an IPv4 address, found \"x\"");
}

}  // namespace
}  // namespace rollcall::zone
