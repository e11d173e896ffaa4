#include "transport/tcp_server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "core/fault.hpp"
#include "core/lasting_failure.hpp"
#include "io/clock.hpp"
#include "transport/listen_socket.hpp"

namespace rollcall::transport {

using asio::ip::tcp;

asio::awaitable<void> TcpServer::accept(tcp::acceptor acceptor, std::string where) {
  LastingFailure failing;
  for (;;) {
    tcp::endpoint peer;
    auto [error, socket] = co_await acceptor.async_accept(peer, as_value);
    if (!error) {
      failing.worked();
      asio::co_spawn(acceptor.get_executor(), serve_tcp(std::move(socket), peer, shared_),
                     asio::detached);
      continue;
    }
    if (error == asio::error::operation_aborted) co_return;
    const Instant now = io::monotonic_now();
    const LastingFailure::Advice advice = failing.failed(now);
    if (advice.tell) {
      spdlog::error("TCP {}: cannot accept connections: {}", where, error.message());
    }
    if (is_shortage(error)) {  // it passes: ending a session frees a descriptor
      shared_.sessions.take_one_back(now);
    } else if (advice.give_up && failed_) {
      failed_(fmt::format("TCP {}: {}", where, error.message()));
      co_return;
    }
    asio::steady_timer pause(acceptor.get_executor(), kFailurePause);
    co_await pause.async_wait(as_value);
  }
}

/// One timer for all sessions: a timer for each would be set twice a query.
asio::awaitable<void> TcpServer::sweep() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(kTcpSweepInterval);
    co_await timer.async_wait(as_value);
    const Instant now = io::monotonic_now();
    end_overdue(shared_, now);
    shared_.log.tell_due(now);
  }
}

TcpServer::TcpServer(std::vector<io::Descriptor> sockets, const Published<zone::Catalog>& catalog,
                     const answer::Responder& responder, answer::FindChanges find_changes,
                     TransferTaken taken, std::uint64_t seed,
                     std::function<void(std::string)> failed, answer::UpdateSink* updates,
                     TlsContextPtr tls)
    : shared_{.catalog = catalog,
              .responder = responder,
              .find_changes = std::move(find_changes),
              .taken = std::move(taken),
              .updates = updates,
              .random = Random(seed),
              .tls = std::move(tls)},
      failed_(std::move(failed)) {
  for (io::Descriptor& socket : sockets) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    std::string where = bound_address(socket);
    tcp::acceptor acceptor(context_);
    acceptor.assign(bound.ss_family == AF_INET ? tcp::v4() : tcp::v6(), socket.release());
    asio::co_spawn(context_, accept(std::move(acceptor), std::move(where)), asio::detached);
  }
  asio::co_spawn(context_, sweep(), asio::detached);
  thread_ = std::jthread([this] { context_.run(); });
}

TcpServer::~TcpServer() {
  context_.stop();
  thread_.join();
}

void TcpServer::trust(answer::TransferPeers peers) {
  asio::post(context_,
             [this, peers = std::move(peers)]() mutable { shared_.peers = std::move(peers); });
}

void TcpServer::renew(TlsContextPtr tls) {
  asio::post(context_, [this, tls = std::move(tls)]() mutable { shared_.tls = std::move(tls); });
}

}  // namespace rollcall::transport
