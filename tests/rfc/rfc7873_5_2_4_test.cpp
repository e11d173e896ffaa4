/// RFC 7873 section 5.2.4, "A Client Cookie and an Invalid Server Cookie": the request may be
/// answered as one without a server cookie.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7873Section524, TheAnswerComesWithAnotherServerCookie) {
  const Octets both(24, 9);
  const Response response =
      Server("").ask({.name = "ns.example.com", .options = {{EdnsOption::cookie, both}}});
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_NE(response.option(EdnsOption::cookie).value(), both);
}

}  // namespace
}  // namespace rollcall::rfc
