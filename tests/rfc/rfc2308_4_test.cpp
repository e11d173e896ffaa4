/// RFC 2308 section 4, "SOA Minimum Field": the default TTL of a file is its $TTL, not the SOA's
/// last field.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2308Section4, TtlServesTheRecordsBehindIt) {
  const Server server("$TTL 1h30m ; a comment\nwww A 192.0.2.2\nown 7 A 192.0.2.2\n");
  EXPECT_THAT(server.ask(Question{"www.example.com"}).answer,
              ElementsAre("www.example.com. 5400 A 192.0.2.2"));
  EXPECT_THAT(server.ask(Question{"own.example.com"}).answer,
              ElementsAre("own.example.com. 7 A 192.0.2.2"));
}

}  // namespace
}  // namespace rollcall::rfc
