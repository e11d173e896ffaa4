/// RFC 9471 section 3.1, "Glue for In-Domain Name Servers": a referral has all of it, or TC.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9471Section31, AReferralHasAllGlueOfBothFamilies) {
  const Server server(
      "foo NS ns1.foo\nfoo NS ns2.foo\nns1.foo A 192.0.2.11\n"
      "ns2.foo AAAA 2001:db8::12\n");
  EXPECT_THAT(server.ask(Question{"www.foo.example.com"}).additional,
              UnorderedElementsAre("ns1.foo.example.com. 300 A 192.0.2.11",
                                   "ns2.foo.example.com. 300 AAAA 2001:db8::12"));
}

TEST(Rfc9471Section31, WhereGlueDoesNotFitTcIsSet) {
  std::string records;
  for (int i = 0; i < 13; ++i) {
    const std::string host = "ns" + std::to_string(i) + ".foo";
    records += "foo NS " + host + "\n" + host + " A 192.0.2." + std::to_string(i) + "\n" + host +
               " AAAA 2001:db8::" + std::to_string(i) + "\n";
  }
  const Server server(records);
  const Question question{.name = "www.foo.example.com", .edns_size = std::nullopt};
  const Response cut = server.ask(question);
  EXPECT_TRUE(cut.tc());
  EXPECT_EQ(cut.authority.size(), 13U);
  const Response whole = server.ask(question, Transport::tcp);
  EXPECT_FALSE(whole.tc());
  EXPECT_EQ(whole.additional.size(), 26U);
}

}  // namespace
}  // namespace rollcall::rfc
