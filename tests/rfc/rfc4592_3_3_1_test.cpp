/// RFC 4592 section 3.3.1, "Closest Encloser and the Source of Synthesis": the wildcard right below
/// the longest existing ancestor answers, no other one.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section331, TheSourceIsBelowTheClosestEncloser) {
  const Server server("* TXT high\n*.a TXT low\nb.a TXT b\n");
  EXPECT_EQ(server.ask({"q.a.example.com", Type::TXT}).answer.at(0),
            "q.a.example.com. 300 TXT \"low\"");
  EXPECT_EQ(server.ask({"p.q.example.com", Type::TXT}).answer.at(0),
            "p.q.example.com. 300 TXT \"high\"");
  EXPECT_EQ(server.ask({"q.b.a.example.com", Type::TXT}).rcode, unsigned(Rcode::nxdomain));
}

}  // namespace
}  // namespace rollcall::rfc
