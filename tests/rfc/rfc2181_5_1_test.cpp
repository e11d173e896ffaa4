/// RFC 2181 section 5.1, "Sending RRs from an RRSet": all records of the set, in any order.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section51, TheWholeSetIsSent) {
  const Server server("www A 192.0.2.2\nwww A 192.0.2.3\nwww A 192.0.2.4\n");
  EXPECT_THAT(
      server.ask(Question{"www.example.com"}).answer,
      UnorderedElementsAre("www.example.com. 300 A 192.0.2.2", "www.example.com. 300 A 192.0.2.3",
                           "www.example.com. 300 A 192.0.2.4"));
}

}  // namespace
}  // namespace rollcall::rfc
