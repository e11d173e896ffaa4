/// DNS over TCP (RFC 7766): one thread, one coroutine a connection, queries pipelined and answered
/// in order, transfers in pieces between which other connections run.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "answer/responder.hpp"
#include "core/published.hpp"
#include "server/descriptor.hpp"
#include "zone/catalog.hpp"

namespace rollcall::server {

inline constexpr std::chrono::seconds kTcpIdleLimit{10};   // RFC 7766 section 6.2.3: some seconds
inline constexpr std::chrono::seconds kTcpWriteLimit{30};  // a secondary that does not read
inline constexpr std::size_t kMaxTcpSessions = 1000;       // each holds up to 128 KiB
inline constexpr std::size_t kMaxTransfers = 32;  // at once; more wait for SERVFAIL's retry

struct TcpCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> queries{0};
  std::atomic<std::uint64_t> transfers{0};
};

class TcpServer {
 public:
  /// Takes over listening sockets (listen_socket.hpp).
  TcpServer(std::vector<Descriptor> sockets, const Published<zone::Catalog>& catalog,
            const answer::Responder& responder, std::uint64_t seed);
  /// Ends every connection and joins the thread.
  ~TcpServer();

  const TcpCounters& counters() const noexcept { return shared_.counters; }

  /// What all sessions use, on the server's own thread.
  struct Shared {
    const Published<zone::Catalog>& catalog;
    const answer::Responder& responder;
    Random random;
    std::size_t sessions = 0;
    std::size_t transfers = 0;
    TcpCounters counters;
  };

 private:
  Shared shared_;  // first: the context's coroutines use it until they are destroyed
  boost::asio::io_context context_{1};
  std::jthread thread_;
};

}  // namespace rollcall::server
