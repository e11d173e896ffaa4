/// RFC 3597 section 5, "Text Representation": TYPEn, CLASSn, and \# with a length and hexadecimal
/// digits, for known types too.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3597Section5, TheExamples) {
  EXPECT_EQ(wire("TYPE731 \\# 6 abcd (\n ef 01 23 45 )"), "ABCDEF012345");
  EXPECT_EQ(shown("TYPE62347 \\# 0"), "TYPE62347 \\# 0");
  EXPECT_EQ(shown("A \\# 4 0A000001"), "A 10.0.0.1");
  const Server server("e CLASS1 TYPE1 10.0.0.2\n");
  EXPECT_THAT(server.ask(Question{"e.example.com"}).answer,
              ElementsAre("e.example.com. 300 A 10.0.0.2"));
}

TEST(Rfc3597Section5, TheLengthIsThatOfTheOctets) {
  EXPECT_THAT(said("r TYPE731 \\# 5 abcdef012345\n"),
              ElementsAre("zone:5:14: error: expected 5 octets after \\#, found 6"));
  EXPECT_THAT(said("r TYPE731 \\# 1 abc\n"), ElementsAre(HasSubstr("hexadecimal digits")));
}

TEST(Rfc3597Section5, AnUnknownTypeHasNoOtherForm) {
  EXPECT_THAT(said("r TYPE731 abcd\n"), ElementsAre(HasSubstr("expected \\#")));
}

TEST(Rfc3597Section5, OctetsOfAKnownTypeMustBeOneOfIt) {
  EXPECT_THAT(said("r A \\# 3 0A0000\n"),
              ElementsAre(HasSubstr("these octets are not a valid A record")));
}

TEST(Rfc3597Section5, AClassThatIsNotServedIsRefused) {
  EXPECT_THAT(said("a CLASS32 TYPE731 \\# 0\n"),
              ElementsAre(HasSubstr("class CLASS32 is not served")));
}

}  // namespace
}  // namespace rollcall::rfc
