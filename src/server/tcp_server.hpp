/// DNS over TCP (RFC 7766): one thread, one coroutine a connection. Queries that came together are
/// answered together, in order; transfers go in pieces between which other connections run.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "answer/responder.hpp"
#include "core/published.hpp"
#include "server/descriptor.hpp"
#include "zone/catalog.hpp"

namespace rollcall::server {

inline constexpr std::chrono::seconds kTcpIdleLimit{10};   // RFC 7766 section 6.2.3: some seconds
inline constexpr std::chrono::seconds kTcpWriteLimit{30};  // a secondary that does not read
inline constexpr std::chrono::seconds kTcpSweepInterval{1};
inline constexpr std::size_t kMaxTcpSessions = 1000;  // each holds up to 192 KiB
inline constexpr std::size_t kSpareBuffers = 64;      // kept of sessions that ended
inline constexpr std::size_t kMaxTransfers = 32;      // at once; more wait for SERVFAIL's retry

struct TcpCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> queries{0};
  std::atomic<std::uint64_t> transfers{0};
};

inline constexpr std::size_t kLengthSize = 2;  // RFC 1035 section 4.2.2
inline constexpr std::size_t kFramedSize = kLengthSize + dns::kMaxMessageSize;

/// What the sweep of idle ones sees of a session.
struct TcpConnection
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  boost::asio::ip::tcp::socket socket;
  std::chrono::steady_clock::time_point deadline{};  // of the step that it waits for
};

/// Of one session: what came and is not answered yet, and what is not written yet.
struct TcpBuffers {
  std::uint8_t received[kFramedSize];
  std::uint8_t responses[2 * kFramedSize];
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
    std::vector<std::unique_ptr<TcpBuffers>> spare;
    boost::intrusive::list<TcpConnection, boost::intrusive::constant_time_size<false>> connections;
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
