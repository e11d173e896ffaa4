/// RFC 1035 section 5.1, "Format": entries, $ORIGIN and $INCLUDE, blanks for the last owner, @,
/// escapes, quotes, parentheses, comments.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The answers that the records give at r.example.com, whatever their type.
std::vector<std::string> loaded(const std::string& records, Type type = Type::TXT) {
  return Server(records).ask({.name = "r.example.com", .type = type}).answer;
}

TEST(Rfc1035Section51, AnEntryThatBeginsWithABlankBelongsToTheLastOwner) {
  EXPECT_THAT(loaded("r A 192.0.2.9\n  TXT t\n\tMX 1 .\n"),
              ElementsAre("r.example.com. 300 TXT \"t\""));
}

TEST(Rfc1035Section51, TtlAndClassComeInEitherOrderOrNotAtAll) {
  for (const char* middle : {"", "IN ", "300 ", "IN 300 ", "300 IN ", "in "}) {
    EXPECT_THAT(loaded(std::string("r ") + middle + "TXT t\n"),
                ElementsAre("r.example.com. 300 TXT \"t\""));
  }
}

TEST(Rfc1035Section51, ANameWithoutADotAtItsEndIsRelativeToTheOrigin) {
  EXPECT_THAT(loaded("$ORIGIN sub\nr.example.com. PTR a\nx PTR @\n", Type::PTR),
              ElementsAre("r.example.com. 300 PTR a.sub.example.com."));
}

TEST(Rfc1035Section51, AFreeStandingAtIsTheOrigin) {
  EXPECT_THAT(loaded("r PTR @\n", Type::PTR), ElementsAre("r.example.com. 300 PTR example.com."));
}

TEST(Rfc1035Section51, ABackslashTakesACharactersMeaning) {
  EXPECT_EQ(hex(name_of("a\\.b.c").wire()), hex("03 612e62 01 63 00"));
  EXPECT_THAT(loaded("r TXT \\\"a\\;b\\(c\n"), ElementsAre("r.example.com. 300 TXT \"\\\"a;b(c\""));
}

TEST(Rfc1035Section51, ThreeDigitsAreAnOctet) {
  EXPECT_EQ(hex(name_of("\\000\\255\\046.x").wire()), hex("03 00ff2e 01 78 00"));
  EXPECT_EQ(wire("TXT \\000\\255"), hex("02 00ff"));
  EXPECT_THAT(said("r TXT \\256\n"), ElementsAre(HasSubstr("000 to 255")));
}

TEST(Rfc1035Section51, ParenthesesGoOverTheEndOfALine) {
  EXPECT_THAT(loaded("r TXT ( a ; one\n\n b\n)\n"),
              ElementsAre("r.example.com. 300 TXT \"a\" \"b\""));
  EXPECT_THAT(said("r TXT ( a\n"), ElementsAre(HasSubstr("error: ")));
}

TEST(Rfc1035Section51, ASemicolonBeginsAComment) {
  EXPECT_THAT(loaded("; r TXT no\nr TXT a;b\n;\n"), ElementsAre("r.example.com. 300 TXT \"a\""));
  EXPECT_THAT(loaded("r TXT \"a;b\"\n"), ElementsAre("r.example.com. 300 TXT \"a;b\""));
}

TEST(Rfc1035Section51, IncludeHasAnOriginOfItsOwnAndGivesTheOldOneBack) {
  const zone::LoadReport report = zone::load_files(
      "example.com", {{"zone", std::string(kApex) + "$INCLUDE sub.db sub\n A 192.0.2.2\n"},
                      {"sub.db", "in A 192.0.2.3\n"}});
  ASSERT_TRUE(report.zone);
  EXPECT_NE(zone::find_node(*report.zone, "in.sub.example.com"), nullptr);
  // The last owner is the one before the $INCLUDE.
  EXPECT_EQ(zone::find_node(*report.zone, "ns.example.com")->find(Type::A)->count, 2);
}

}  // namespace
}  // namespace rollcall::rfc
