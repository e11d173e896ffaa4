/// RFC 7766 section 8, "TCP Message Framing": length and message may come in one segment; half a
/// message is none.
#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7766Section8, HalfAMessageEndsNothingButItsSession) {
  const TcpService service("");
  {
    TcpClient half(service.port());
    half.write(octets("0040 1234"));
  }
  TcpClient client(service.port());
  client.write(framed(make_query({.name = "ns.example.com"})));
  EXPECT_FALSE(client.read_message().empty());
}

}  // namespace
}  // namespace rollcall::rfc
