/// RFC 7873 section 5.4, "Querying for a Server Cookie": a request with a cookie and no question is
/// answered with a cookie; BADCOOKIE where its server cookie is not valid.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The response to a COOKIE option without a question.
Response ask_for_cookie(const Octets& cookie) {
  Octets packet = octets("1234 0000 0000 0000 0000 0001 00 0029 04d0 00000000 0000 000a 0000");
  packet[22] = static_cast<std::uint8_t>(4 + cookie.size());
  packet[26] = static_cast<std::uint8_t>(cookie.size());
  packet.insert(packet.end(), cookie.begin(), cookie.end());
  return Server("").ask(packet);
}

Octets good_cookie() {
  return ask_for_cookie(octets("0102030405060708")).option(EdnsOption::cookie).value();
}

TEST(Rfc7873Section54, AClientCookieAloneIsNoerror) {
  const Response response = ask_for_cookie(octets("0102030405060708"));
  EXPECT_EQ(to_text(response), "NOERROR EDNS\n");
  EXPECT_EQ(response.option(EdnsOption::cookie).value().size(), 24U);
}

TEST(Rfc7873Section54, AValidServerCookieIsConfirmed) {
  EXPECT_EQ(to_text(ask_for_cookie(good_cookie())), "NOERROR EDNS\n");
}

TEST(Rfc7873Section54, AnInvalidOneIsBadcookieAndReplaced) {
  Octets cookie = good_cookie();
  cookie.back() ^= 1;
  const Response response = ask_for_cookie(cookie);
  EXPECT_EQ(to_text(response), "BADCOOKIE EDNS\n");
  EXPECT_EQ(response.option(EdnsOption::cookie), good_cookie());
}

}  // namespace
}  // namespace rollcall::rfc
