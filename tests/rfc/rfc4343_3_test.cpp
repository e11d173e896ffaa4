/// RFC 4343 section 3, "Name Lookup, Label Types, and CLASS": A to Z are equal to a to z, and no
/// other octets to one another.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4343Section3, LettersMatchWithoutCase) {
  const Server server("WwW A 192.0.2.2\n");
  EXPECT_EQ(server.ask(Question{"wWw.EXAMPLE.com"}).answer.size(), 1U);
}

TEST(Rfc4343Section3, NoOtherOctetsDo) {
  const Server server("\\195\\132 TXT upper\n@ TXT apex\n\\064 TXT at\n\\091 TXT bracket\n");
  EXPECT_EQ(server.ask({"\\195\\132.example.com", Type::TXT}).answer.size(), 1U);
  EXPECT_EQ(server.ask({"\\227\\132.example.com", Type::TXT}).rcode, unsigned(Rcode::nxdomain));
  EXPECT_EQ(server.ask({"\\064.example.com", Type::TXT}).answer.size(), 1U);
  EXPECT_EQ(server.ask({"\\096.example.com", Type::TXT}).rcode, unsigned(Rcode::nxdomain));
  EXPECT_EQ(server.ask({"\\091.example.com", Type::TXT}).answer.size(), 1U);
  EXPECT_EQ(server.ask({"\\123.example.com", Type::TXT}).rcode, unsigned(Rcode::nxdomain));
}

}  // namespace
}  // namespace rollcall::rfc
