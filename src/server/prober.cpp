#include "server/prober.hpp"

#include <utility>

#include "server/probes.hpp"

namespace rollcall::server {

asio::awaitable<Outcome> Prober::probe(roster::StartProbe request) {
  const auto& how = request.check->how;
  if (std::holds_alternative<health::TcpCheck>(how)) {
    co_return co_await probe_tcp(request, contexts_);
  }
  if (std::holds_alternative<health::HttpCheck>(how)) {
    co_return co_await probe_http(request, contexts_);
  }
  co_return bad("this type of check is not built in");
}

}  // namespace rollcall::server
