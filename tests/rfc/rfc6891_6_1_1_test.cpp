/// RFC 6891 section 6.1.1, "Basic Elements": an OPT where the request has one, and only there; two,
/// or one elsewhere than in the additional section, are a format error.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

const std::string kQuestion = "026e73 07 6578616d706c65 03636f6d 00 0001 0001";
const std::string kOpt = "00 0029 1000 00000000 0000";

TEST(Rfc6891Section611, OptIsAnsweredWithOpt) {
  const Server server("");
  EXPECT_TRUE(server.ask(Question{"ns.example.com"}).opt);
  EXPECT_FALSE(server.ask({.name = "ns.example.com", .edns_size = std::nullopt}).opt);
}

TEST(Rfc6891Section611, TwoAreAFormatError) {
  EXPECT_EQ(
      to_text(Server("").ask(octets("1234 0000 0001 0000 0000 0002" + kQuestion + kOpt + kOpt))),
      "FORMERR EDNS\nQUESTION ns.example.com. A IN\n");
}

TEST(Rfc6891Section611, OneInAnotherSectionIsAFormatError) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0001 0001 0000 0000" + kQuestion + kOpt))),
            "FORMERR\nQUESTION ns.example.com. A IN\n");
}

TEST(Rfc6891Section611, ItStandsInAMessageWithoutAQuestionToo) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0000 0000 0000 0001" + kOpt))),
            "FORMERR EDNS\n");
}

TEST(Rfc6891Section611, ItIsNoType) {
  EXPECT_THAT(said("r OPT \\# 0\n"), ElementsAre(HasSubstr("type OPT is not allowed in a zone")));
  EXPECT_EQ(Server("").ask({.name = "example.com", .type = Type::OPT}).rcode,
            unsigned(Rcode::formerr));
}

}  // namespace
}  // namespace rollcall::rfc
