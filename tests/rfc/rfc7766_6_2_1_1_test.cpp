/// RFC 7766 section 6.2.1.1, "Query Pipelining": a client may send further queries before the first
/// is answered; each is answered under its ID.
#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7766Section6211, QueriesInOnePieceAreAllAnswered) {
  const TcpService service("");
  TcpClient client(service.port());
  Octets stream;
  for (std::uint16_t id = 0; id < 50; ++id) {
    const Octets query = framed(make_query({.name = "ns.example.com", .id = id}));
    stream.insert(stream.end(), query.begin(), query.end());
  }
  client.write(stream);
  std::vector<std::uint16_t> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(answer::read_response(client.read_message()).id);
  std::ranges::sort(ids);
  for (std::uint16_t id = 0; id < 50; ++id) EXPECT_EQ(ids[id], id);
}

}  // namespace
}  // namespace rollcall::rfc
