/// RFC 1034 section 3.6.2, "Aliases and canonical names": a CNAME sends every type but its own on
/// to the canonical name; chains are followed, loops end.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1034Section362, AnotherTypeRestartsAtTheCanonicalName) {
  const Server server("www CNAME host\nhost A 192.0.2.2\n");
  EXPECT_EQ(server.says("www.example.com"),
            "NOERROR AA\nQUESTION www.example.com. A IN\n"
            "ANSWER www.example.com. 300 CNAME host.example.com.\n"
            "ANSWER host.example.com. 300 A 192.0.2.2\n");
}

TEST(Rfc1034Section362, AQuestionForCnameMatchesTheAlias) {
  const Server server("www CNAME host\nhost A 192.0.2.2\n");
  EXPECT_EQ(server.says("www.example.com", Type::CNAME),
            "NOERROR AA\nQUESTION www.example.com. CNAME IN\n"
            "ANSWER www.example.com. 300 CNAME host.example.com.\n");
}

TEST(Rfc1034Section362, ALoopGivesEachOfItsRecordsOnce) {
  const Server server("a CNAME b\nb CNAME a\n");
  EXPECT_EQ(server.says("a.example.com"),
            "NOERROR AA\nQUESTION a.example.com. A IN\n"
            "ANSWER a.example.com. 300 CNAME b.example.com.\n"
            "ANSWER b.example.com. 300 CNAME a.example.com.\n");
}

TEST(Rfc1034Section362, AChainIsFollowedToTheEighthNameBehindTheQuestions) {
  std::string chain;
  for (int i = 0; i < 12; ++i) {
    chain += "c" + std::to_string(i) + " CNAME c" + std::to_string(i + 1) + "\n";
  }
  const Server server(chain);
  const Response response = server.ask(Question{"c0.example.com"});
  ASSERT_EQ(response.answer.size(), answer::kMaxChain + 1);
  EXPECT_EQ(response.answer.back(), "c8.example.com. 300 CNAME c9.example.com.");
}

TEST(Rfc1034Section362, AnAliasOutOfTheZonesServedHereEndsTheAnswer) {
  const Server server("out CNAME www.elsewhere.net.\n");
  EXPECT_EQ(server.says("out.example.com"),
            "NOERROR AA\nQUESTION out.example.com. A IN\n"
            "ANSWER out.example.com. 300 CNAME www.elsewhere.net.\n");
}

}  // namespace
}  // namespace rollcall::rfc
