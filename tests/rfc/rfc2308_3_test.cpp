/// RFC 2308 section 3, "Negative Answers from Authoritative Servers": the SOA goes into the
/// authority section, with the zone's name as owner.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2308Section3, TheSoaIsOfTheZoneThatDenies) {
  const Server server = server_of({{"example.com", std::string(kApex) + "a CNAME b.example.net.\n"},
                                   {"example.net", std::string(kApex)}});
  const Response response = server.ask(Question{"a.example.com"});
  EXPECT_EQ(response.rcode, unsigned(Rcode::nxdomain));
  EXPECT_THAT(response.authority, ElementsAre("example.net. 60 SOA ns.example.net. "
                                              "root.example.net. 7 3600 600 86400 60"));
}

TEST(Rfc2308Section3, AnSoaWithoutRoomSetsTc) {
  const std::string host(60, 'h');
  const std::string name = host + "." + host + "." + host;
  const Server server = server_of({{"example.com", "$TTL 9\n@ SOA " + name + " " + name +
                                                       ".r 1 2 3 4 5\n"
                                                       "@ NS ns\nns A 192.0.2.1\n"}});
  const Response response = server.ask({.name = std::string(63, 'q') + "." + std::string(63, 'q') +
                                                "." + std::string(63, 'q') + ".example.com",
                                        .edns_size = std::nullopt});
  EXPECT_TRUE(response.tc());
  EXPECT_THAT(response.authority, IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
