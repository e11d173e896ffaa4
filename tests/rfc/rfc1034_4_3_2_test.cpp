/// RFC 1034 section 4.3.2, "Algorithm": nearest zone; then the whole name, a referral, or no match
/// with its wildcard; then the additional data.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1034Section432, Step2TakesTheZoneThatIsTheNearestAncestor) {
  const Server server =
      server_of({{"example.com", std::string(kApex) + "sub NS ns.sub\nns.sub A 192.0.2.9\n"},
                 {"sub.example.com", std::string(kApex) + "www A 192.0.2.3\n"}});
  EXPECT_EQ(server.says("www.sub.example.com"),
            "NOERROR AA\nQUESTION www.sub.example.com. A IN\n"
            "ANSWER www.sub.example.com. 300 A 192.0.2.3\n");
}

TEST(Rfc1034Section432, Step3aCopiesWhatMatches) {
  EXPECT_EQ(
      Server("www A 192.0.2.2\n").says("www.example.com"),
      "NOERROR AA\nQUESTION www.example.com. A IN\nANSWER www.example.com. 300 A 192.0.2.2\n");
}

TEST(Rfc1034Section432, Step3aGoesOnAtAnAliasInAnotherZoneServedHere) {
  const Server server =
      server_of({{"example.com", std::string(kApex) + "www CNAME host.example.net.\n"},
                 {"example.net", std::string(kApex) + "host A 192.0.2.4\n"}});
  EXPECT_EQ(server.says("www.example.com"),
            "NOERROR AA\nQUESTION www.example.com. A IN\n"
            "ANSWER www.example.com. 300 CNAME host.example.net.\n"
            "ANSWER host.example.net. 300 A 192.0.2.4\n");
}

TEST(Rfc1034Section432, Step3bRefersAndBringsTheAddresses) {
  const Server server("sub NS ns.sub\nsub NS ns.elsewhere.net.\nns.sub A 192.0.2.21\n");
  const Response response = server.ask(Question{"deep.below.sub.example.com"});
  EXPECT_FALSE(response.aa());
  EXPECT_THAT(response.answer, IsEmpty());
  EXPECT_THAT(response.authority,
              UnorderedElementsAre("sub.example.com. 300 NS ns.sub.example.com.",
                                   "sub.example.com. 300 NS ns.elsewhere.net."));
  EXPECT_THAT(response.additional, ElementsAre("ns.sub.example.com. 300 A 192.0.2.21"));
}

TEST(Rfc1034Section432, Step3cWithoutAWildcardIsANameError) {
  EXPECT_EQ(Server("").says("no.example.com"),
            std::string("NXDOMAIN AA\nQUESTION no.example.com. A IN\n").append(kDenial));
}

TEST(Rfc1034Section432, Step3cWithAWildcardAnswersUnderTheNameAskedFor) {
  EXPECT_EQ(
      Server("* A 192.0.2.5\n").says("any.example.com"),
      "NOERROR AA\nQUESTION any.example.com. A IN\nANSWER any.example.com. 300 A 192.0.2.5\n");
}

TEST(Rfc1034Section432, Step6AddsWhatIsLikelyToBeAskedNext) {
  EXPECT_EQ(Server("@ MX 10 mail\nmail A 192.0.2.6\n").says("example.com", Type::MX),
            "NOERROR AA\nQUESTION example.com. MX IN\n"
            "ANSWER example.com. 300 MX 10 mail.example.com.\n"
            "ADDITIONAL mail.example.com. 300 A 192.0.2.6\n");
}

}  // namespace
}  // namespace rollcall::rfc
