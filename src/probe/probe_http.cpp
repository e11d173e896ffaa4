#include <array>

#include "health/http_exchange.hpp"
#include "health/http_reply.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

asio::awaitable<Result<void>> read_reply(ProbeConnection& connection,
                                         const health::HttpCheck& check) {
  health::HttpReply reply(check);
  std::array<char, 4096> piece;
  while (true) {
    const Result<std::size_t> size = co_await connection.receive(piece);
    if (!size) co_return std::unexpected(size.error());
    if (*size == 0) co_return reply.ended();
    if (const auto verdict = reply.received({piece.data(), *size})) co_return *verdict;
  }
}

asio::awaitable<Result<void>> request_over(ProbeConnection& connection, const Request& request,
                                           const health::HttpCheck& check,
                                           const TlsContexts& contexts) {
  Result<void> done = co_await connection.connect(request.target);
  if (done && check.tls) done = co_await secure(connection, *check.tls, request.host, contexts);
  if (done) {
    done = co_await connection.send(health::http_request(check, request.host, request.target.port));
  }
  if (done) done = co_await read_reply(connection, check);
  co_return done;
}

}  // namespace

asio::awaitable<Outcome> probe_http(const Request& request, const TlsContexts& contexts,
                                    io::Deadline& deadline) {
  return probe_over_connection<health::HttpCheck>(request, contexts, deadline, request_over);
}

}  // namespace rollcall::probe
