#include <array>

#include "health/agent_reply.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {

asio::awaitable<Outcome> probe_agent(const Request& request, io::Deadline& deadline) {
  const auto& check = std::get<health::AgentCheck>(request.check->how);
  ProbeConnection connection(co_await asio::this_coro::executor, deadline);
  Result<void> done = co_await connection.connect(request.target);
  if (done && !check.send.empty()) done = co_await connection.send(check.send + "\r\n");
  if (!done) co_return outcome_over(connection, done, std::nullopt);
  std::string reply;
  std::array<char, health::kMaxAgentReply> piece;
  while (reply.size() < health::kMaxAgentReply && !reply.contains('\n')) {
    const Result<std::size_t> size = co_await connection.receive(piece);
    if (!size) co_return outcome_over(connection, std::unexpected(size.error()), std::nullopt);
    if (*size == 0) break;
    reply.append(piece.data(), *size);
  }
  co_return health::agent_outcome(reply);
}

}  // namespace rollcall::probe
