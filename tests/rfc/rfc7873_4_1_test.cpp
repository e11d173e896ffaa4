/// RFC 7873 section 4.1: a client cookie has 8 octets, and comes back in front of the server's.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7873Section41, TheClientsCookieComesBack) {
  const Octets client = octets("0102030405060708");
  const auto cookie = Server("")
                          .ask({.name = "example.com", .options = {{EdnsOption::cookie, client}}})
                          .option(EdnsOption::cookie);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(hex(Bytes(*cookie).first(8)), hex(client));
  EXPECT_EQ(cookie->size(), 24U);
}

}  // namespace
}  // namespace rollcall::rfc
