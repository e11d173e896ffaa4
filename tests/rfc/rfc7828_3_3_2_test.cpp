/// RFC 7828 section 3.3.2, "Sending Responses": over TCP the idle limit in units of 100
/// milliseconds, to who sent the option.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7828Section332, TheIdleLimitIsTenSeconds) {
  const Server server("");
  const Response asked = server.ask(
      {.name = "example.com", .options = {{EdnsOption::tcp_keepalive, {}}}}, Transport::tcp);
  EXPECT_EQ(asked.option(EdnsOption::tcp_keepalive), octets("0064"));
  EXPECT_EQ(server.ask(Question{"example.com"}, Transport::tcp).option(EdnsOption::tcp_keepalive),
            std::nullopt);
}

}  // namespace
}  // namespace rollcall::rfc
