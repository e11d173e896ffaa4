/// RFC 1035 section 3.2.3, "QTYPE values": AXFR, MAILB, MAILA and * are questions, never records.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section323, NoneStandsInAZone) {
  for (const char* type : {"AXFR", "MAILB", "MAILA", "ANY"}) {
    EXPECT_THAT(said(std::string("r ") + type + " \\# 0\n"),
                ElementsAre(HasSubstr(std::string("type ") + type + " is not allowed in a zone")));
  }
}

TEST(Rfc1035Section323, TheMailTypesThatNoRecordHasAreAnsweredWithNone) {
  for (const int type : {253, 254}) {
    const Response response =
        Server("").ask({.name = "example.com", .type = static_cast<Type>(type)});
    EXPECT_EQ(response.rcode, 0U);
    EXPECT_THAT(response.answer, IsEmpty());
    EXPECT_EQ(response.authority.size(), 1U);
  }
}

}  // namespace
}  // namespace rollcall::rfc
