/// RFC 9619 section 4, "Updates to RFC 1035": with opcode QUERY, QDCOUNT above 1 is a format error.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9619Section4, TwoQuestionsAreAFormatError) {
  const std::string question = "07 6578616d706c65 03 636f6d 00 0006 0001";
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0002 0000 0000 0000" + question + question))),
            "FORMERR\n");
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 ffff 0000 0000 0000" + question))),
            "FORMERR\n");
}

TEST(Rfc9619Section4, NoneIsNothingToAnswer) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0000 0000 0000 0000"))), "FORMERR\n");
}

}  // namespace
}  // namespace rollcall::rfc
