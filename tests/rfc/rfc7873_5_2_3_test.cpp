/// RFC 7873 section 5.2.3, "Only a Client Cookie": the request may be answered, with a server
/// cookie for the next time.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7873Section523, TheAnswerComesWithAServerCookie) {
  const Server server("");
  const Octets client = octets("0102030405060708");
  const Response response =
      server.ask({.name = "ns.example.com", .options = {{EdnsOption::cookie, client}}});
  EXPECT_EQ(response.answer.size(), 1U);
  const Octets cookie = response.option(EdnsOption::cookie).value();
  EXPECT_TRUE(
      answer::valid_server_cookie(client, Bytes(cookie).subspan(8), kClient.octets(), kNow, {}));
}

}  // namespace
}  // namespace rollcall::rfc
