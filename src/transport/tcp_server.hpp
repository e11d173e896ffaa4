/// DNS over TCP (RFC 7766), or over TLS (RFC 7858): one thread, one coroutine a connection. Queries
/// that came together are answered together, in order; transfers go in pieces between which other
/// connections run.
///
/// Places are limited by source (core/places.hpp), and some are reserved for peers that may
/// transfer zones.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "io/descriptor.hpp"
#include "transport/tcp_session.hpp"

namespace rollcall::transport {

inline constexpr Duration kTcpSweepInterval = std::chrono::milliseconds(250);

class TcpServer {
 public:
  /// Takes over listening sockets (listen_socket.hpp).
  /// @param find_changes, taken are called on the server's thread; may be empty
  /// @param failed is called, on the server's thread, when a socket has accepted nothing but
  ///        errors for kFailureGivenUp
  /// @param tls null: plain TCP
  /// @param updates takes dynamic updates, and must outlive the server; null: they are NOTIMP
  TcpServer(std::vector<io::Descriptor> sockets, const Published<zone::Catalog>& catalog,
            const answer::Responder& responder, answer::FindChanges find_changes,
            TransferTaken taken, std::uint64_t seed, std::function<void(std::string)> failed = {},
            answer::UpdateSink* updates = nullptr, TlsContextPtr tls = {});
  /// Ends every connection and joins the thread.
  ~TcpServer();

  /// Sets the peers for which places are reserved. Any thread.
  void trust(answer::TransferPeers peers);
  /// Of sessions that begin from now on. Any thread.
  void renew(TlsContextPtr tls);

 private:
  asio::awaitable<void> accept(asio::ip::tcp::acceptor acceptor, std::string where);
  asio::awaitable<void> sweep();

  TcpShared shared_;  // first: the context's coroutines use it until they are destroyed
  std::function<void(std::string)> failed_;
  asio::io_context context_{1};
  std::jthread thread_;
};

}  // namespace rollcall::transport
