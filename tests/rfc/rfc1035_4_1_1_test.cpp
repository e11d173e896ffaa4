/// RFC 1035 section 4.1.1, "Header section format": ID, OPCODE and RD are copied; QR and AA are
/// set; RA and Z are zero; what cannot be read is a format error.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kQuestion = "026e73 076578616d706c65 03636f6d 00 0001 0001";

/// ID and flags of the response to a question whose header begins so.
std::string head(const std::string& id_and_flags) {
  const Octets reply = Server("").reply(octets(id_and_flags + "0001 0000 0000 0000" + kQuestion));
  return hex(Bytes(reply).first(std::min<std::size_t>(reply.size(), 4)));
}

TEST(Rfc1035Section411, IdIsCopied) {
  EXPECT_EQ(head("0000 0000"), hex("0000 8400"));
  EXPECT_EQ(head("ffff 0000"), hex("ffff 8400"));
}

TEST(Rfc1035Section411, RdIsCopiedAndRecursionNeverAvailable) {
  EXPECT_EQ(head("1234 0100"), hex("1234 8500"));
}

TEST(Rfc1035Section411, AaTcRaAndAnRcodeSayNothingInAQuestion) {
  EXPECT_EQ(head("1234 0400"), hex("1234 8400"));
  EXPECT_EQ(head("1234 0200"), hex("1234 8400"));
  EXPECT_EQ(head("1234 0080"), hex("1234 8400"));
  EXPECT_EQ(head("1234 000f"), hex("1234 8400"));
}

TEST(Rfc1035Section411, AResponseIsNotAnswered) {
  EXPECT_EQ(head("1234 8000"), "");
}

TEST(Rfc1035Section411, AnOpcodeThatIsNotServedIsNotImplemented) {
  EXPECT_EQ(head("1234 1000"), hex("1234 9004"));  // STATUS
}

TEST(Rfc1035Section411, WhatIsShorterThanAHeaderHasNoIdToAnswerWith) {
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_THAT(Server("").reply(Octets(size)), IsEmpty());
  }
}

TEST(Rfc1035Section411, CountsThatNoRecordsFollowAreAFormatError) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0001 0000 0000 0000"))), "FORMERR\n");
  EXPECT_EQ(
      to_text(Server("").ask(octets(std::string("1234 0000 0001 0000 0000 0001") + kQuestion))),
      "FORMERR\nQUESTION ns.example.com. A IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
