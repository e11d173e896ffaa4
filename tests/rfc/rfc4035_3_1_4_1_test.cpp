/// RFC 4035 section 3.1.4.1, "Responding to Queries for DS RRs": the DS at a cut is the parent's
/// own data, and is answered by the parent.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

constexpr const char* kDs =
    "DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000";
const std::string kParent = std::string(kApex) + "sub NS ns.sub\nns.sub A 192.0.2.9\nsub ";

TEST(Rfc4035Section3141, TheParentAnswersFromAboveTheCut) {
  EXPECT_EQ(server_of({{"example.com", kParent + kDs + "\n"}}).says("sub.example.com", Type::DS),
            std::string("NOERROR AA\nQUESTION sub.example.com. DS IN\nANSWER sub.example.com. 300 ")
                    .append(kDs) +
                "\n");
}

TEST(Rfc4035Section3141, ItDoesSoWhereTheChildIsServedHereToo) {
  const Server server =
      server_of({{"example.com", kParent + kDs + "\n"}, {"sub.example.com", std::string(kApex)}});
  EXPECT_EQ(server.ask({"sub.example.com", Type::DS}).answer.size(), 1U);
  EXPECT_THAT(server.ask({"sub.example.com", Type::SOA}).answer, ElementsAre(HasSubstr("SOA")));
}

TEST(Rfc4035Section3141, AChildAloneSaysThatItHasNoData) {
  EXPECT_EQ(Server("").says("example.com", Type::DS),
            std::string("NOERROR AA\nQUESTION example.com. DS IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
