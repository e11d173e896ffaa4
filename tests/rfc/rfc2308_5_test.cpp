/// RFC 2308 section 5, "Caching Negative Answers": the TTL of the SOA in a denial is the lesser of
/// its own and of its last field.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

std::string denied_by(const std::string& ttl, const std::string& minimum) {
  const Server server =
      server_of({{"x", "@ " + ttl + " SOA a. b. 1 2 3 4 " + minimum + "\n@ 1 NS a.\n"}});
  return server.ask(Question{"no.x"}).authority.at(0);
}

TEST(Rfc2308Section5, TheLesserOfTheTwo) {
  EXPECT_EQ(denied_by("100", "60"), "x. 60 SOA a. b. 1 2 3 4 60");
  EXPECT_EQ(denied_by("60", "100"), "x. 60 SOA a. b. 1 2 3 4 100");
}

}  // namespace
}  // namespace rollcall::rfc
