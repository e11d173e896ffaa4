/// RFC 7766 section 6.2.2, "Concurrent Connections": a server may limit them: here to a number that
/// it can hold, the one over it is closed at once.
#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7766Section622, OneOverTheLimitIsClosedAndTheOthersServed) {
  const TcpService service("");
  const Octets query = framed(make_query({.name = "ns.example.com"}));
  std::vector<TcpClient> clients;
  clients.reserve(server::kMaxTcpSessions);
  for (std::size_t i = 0; i < server::kMaxTcpSessions; ++i) {
    clients.emplace_back(service.port());
    clients.back().write(query);  // what is answered is counted
    ASSERT_FALSE(clients.back().read_message().empty()) << i;
  }
  EXPECT_THAT(TcpClient(service.port()).read_message(), IsEmpty());
  clients.front().write(query);
  EXPECT_FALSE(clients.front().read_message().empty());
}

}  // namespace
}  // namespace rollcall::rfc
