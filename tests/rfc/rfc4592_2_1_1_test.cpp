/// RFC 4592 section 2.1.1, "Wild Card Domain Name and Asterisk Label": a first label of the one
/// octet "*" makes a wildcard; elsewhere and beside others an asterisk is a character.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section211, OnlyALoneAsteriskInFrontIsAWildcard) {
  const Server server("*.w TXT any\na.*.x TXT inner\n*y.z TXT letter\n");
  EXPECT_EQ(server.ask({"q.w.example.com", Type::TXT}).answer.size(), 1U);
  EXPECT_EQ(server.ask({"a.q.x.example.com", Type::TXT}).answer.size(), 0U);
  EXPECT_EQ(server.ask({"qy.z.example.com", Type::TXT}).rcode, unsigned(Rcode::nxdomain));
}

TEST(Rfc4592Section211, AnEscapedAsteriskIsTheSameOctet) {
  EXPECT_EQ(hex(name_of("\\042.x").wire()), hex(name_of("*.x").wire()));
}

}  // namespace
}  // namespace rollcall::rfc
