/// RFC 2317 section 4: a block of a reverse zone is handed on by CNAMEs into a delegated name.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2317Section4, AnAliasIntoTheDelegatedBlock) {
  const Server server = server_of({{"2.0.192.in-addr.arpa",
                                    "$TTL 9\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n0/25 NS ns.A.domain.\n"
                                    "$GENERATE 1-2 $ CNAME $.0/25\n"}});
  EXPECT_EQ(server.says("1.2.0.192.in-addr.arpa", Type::PTR),
            "NOERROR AA\nQUESTION 1.2.0.192.in-addr.arpa. PTR IN\n"
            "ANSWER 1.2.0.192.in-addr.arpa. 9 CNAME 1.0/25.2.0.192.in-addr.arpa.\n"
            "AUTHORITY 0/25.2.0.192.in-addr.arpa. 9 NS ns.A.domain.\n");
}

}  // namespace
}  // namespace rollcall::rfc
