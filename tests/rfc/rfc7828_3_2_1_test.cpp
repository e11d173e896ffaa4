/// RFC 7828 section 3.2.1, "Sending Queries": the option has no meaning over UDP.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7828Section321, OverUdpItIsNotAnswered) {
  const Response response =
      Server("").ask({.name = "ns.example.com", .options = {{EdnsOption::tcp_keepalive, {}}}});
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_EQ(response.option(EdnsOption::tcp_keepalive), std::nullopt);
}

}  // namespace
}  // namespace rollcall::rfc
