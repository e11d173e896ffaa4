/// RFC 7766 section 6.2.2, "Concurrent Connections": a server may limit them, and close
/// those that are idle: here to so many of one host, and the one over it takes the place of the one
/// that has been idle for longest.
#include <sys/resource.h>

#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

/// Both ends of each session are in this process.
void let_open(std::size_t descriptors) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= descriptors) return;
  limit.rlim_cur = std::min<rlim_t>(descriptors, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_GE(limit.rlim_cur, descriptors) << "this needs more open files than are allowed";
}

TEST(Rfc7766Section622, OneOverTheLimitOfItsHostIsServedAndTheLongestIdleIsEnded) {
  constexpr std::size_t kLimit = transport::kTcpPlaces.per_host;
  ASSERT_NO_FATAL_FAILURE(let_open(2 * kLimit + 100));
  const TcpService service("");
  const Octets query = framed(make_query({.name = "ns.example.com"}));
  std::vector<TcpClient> clients;
  clients.reserve(kLimit + 1);
  for (std::size_t i = 0; i <= kLimit; ++i) {
    clients.emplace_back(service.port());
    clients.back().write(query);  // what is answered is counted
    ASSERT_FALSE(clients.back().read_message().empty()) << i;
  }
  EXPECT_THAT(clients.front().read_message(), IsEmpty());
  clients.back().write(query);
  EXPECT_FALSE(clients.back().read_message().empty());
}

}  // namespace
}  // namespace rollcall::rfc
