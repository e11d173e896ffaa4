/// RFC 7766 section 6.2.3, "Idle Timeouts": a session that says nothing is ended by the server
/// after some seconds, here ten.
#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7766Section623, ASilentSessionIsEnded) {
  const TcpService service("");
  TcpClient client(service.port());
  client.write(framed(make_query({.name = "ns.example.com"})));
  EXPECT_FALSE(client.read_message().empty());
  EXPECT_THAT(client.read_message(), IsEmpty());  // it waits for the end, however long it takes
}

}  // namespace
}  // namespace rollcall::rfc
