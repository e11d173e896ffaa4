#include "server/tcp_server.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "answer/transfer.hpp"
#include "server/clock.hpp"
#include "server/endpoints.hpp"

namespace rollcall::server {
namespace {

using asio::ip::tcp;
using Stream = boost::beast::tcp_stream;

constexpr std::size_t kLengthSize = 2;  // RFC 1035 section 4.2.2

class Session {
 public:
  Session(tcp::socket socket, TcpServer::Shared& shared)
      : stream_(std::move(socket)), shared_(shared), response_(kLengthSize + dns::kMaxMessageSize) {
    ++shared_.sessions;
  }
  ~Session() { --shared_.sessions; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run() {
    ErrorCode error;
    stream_.socket().set_option(tcp::no_delay(true), error);
    const tcp::endpoint peer = stream_.socket().remote_endpoint(error);
    if (error) co_return;
    peer_ = Endpoint{from_asio(peer.address()).unmapped(), peer.port()};
    while (co_await read_request()) {
      ++shared_.counters.queries;
      // g++ 12 evaluates a co_await behind && or ?: whatever stands before it: if, always.
      bool on = false;
      if (answer::asks_for_transfer(request_)) {
        on = co_await transfer();
      } else {
        on = co_await answer();
      }
      if (!on) break;
    }
  }

 private:
  asio::awaitable<bool> read_request() {
    std::uint8_t length[kLengthSize];
    stream_.expires_after(kTcpIdleLimit);
    if (auto [error, n] = co_await asio::async_read(stream_, asio::buffer(length), as_value);
        error) {
      co_return false;
    }
    request_.resize(load_u16(length));
    auto [error, n] = co_await asio::async_read(stream_, asio::buffer(request_), as_value);
    co_return !error;
  }

  asio::awaitable<bool> answer() {
    std::size_t size;
    {
      // A reference of this answer's own: the catalog may move while the response is written.
      const std::shared_ptr<const zone::Catalog> catalog = shared_.catalog.load();
      const answer::Asker asker{answer::Transport::tcp, peer_.address.octets(), wall_now()};
      size = shared_.responder.answer(*catalog, request_, message(), asker, shared_.random);
    }
    if (size == 0) co_return false;
    co_return co_await write(size);
  }

  asio::awaitable<bool> transfer() {
    auto opened = open();
    if (!opened) {
      answer::TransferRefusal& refusal = opened.error();
      const std::size_t size = answer::write_refusal(request_, refusal, message(), wall_now());
      spdlog::info("transfer to {} refused: {}", peer_.to_string(), dns::rcode_name(refusal.rcode));
      if (size == 0) co_return false;
      co_return co_await write(size);
    }
    ++shared_.counters.transfers;
    ++shared_.transfers;
    std::size_t octets = 0;
    bool written = true;
    while (written) {
      const std::size_t size = answer::next_message(*opened, message(), wall_now());
      if (size == 0) break;
      octets += size;
      written = co_await write(size);
    }
    --shared_.transfers;
    spdlog::info("transfer of {} to {} {}: serial {}, {} octets",
                 opened->stream.origin().to_display(), peer_.to_string(),
                 written ? "done" : "broken off", opened->stream.serial(), octets);
    co_return written;
  }

  Result<answer::OpenedTransfer, answer::TransferRefusal> open() {
    if (shared_.transfers >= kMaxTransfers) {
      return std::unexpected(answer::TransferRefusal{.rcode = dns::Rcode::servfail});
    }
    return answer::open_transfer(*shared_.catalog.load(), request_, peer_.address, wall_now());
  }

  MutableBytes message() { return MutableBytes(response_).subspan(kLengthSize); }

  asio::awaitable<bool> write(std::size_t size) {
    store_u16(response_.data(), static_cast<std::uint16_t>(size));
    stream_.expires_after(kTcpWriteLimit);
    auto [error, n] = co_await asio::async_write(
        stream_, asio::buffer(response_.data(), kLengthSize + size), as_value);
    co_return !error;
  }

  Stream stream_;
  TcpServer::Shared& shared_;
  Endpoint peer_;
  std::vector<std::uint8_t> request_;
  std::vector<std::uint8_t> response_;
};

asio::awaitable<void> serve(tcp::socket socket, TcpServer::Shared& shared) {
  Session session(std::move(socket), shared);
  co_await session.run();
}

asio::awaitable<void> accept(tcp::acceptor acceptor, TcpServer::Shared& shared) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(as_value);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: wait for sessions to end instead of spinning.
      asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
      co_await pause.async_wait(as_value);
      continue;
    }
    if (shared.sessions >= kMaxTcpSessions) continue;  // closed at once; RFC 7766 section 6.2.2
    ++shared.counters.connections;
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), shared), asio::detached);
  }
}

}  // namespace

TcpServer::TcpServer(std::vector<Descriptor> sockets, const Published<zone::Catalog>& catalog,
                     const answer::Responder& responder, std::uint64_t seed)
    : shared_{.catalog = catalog, .responder = responder, .random = Random(seed)} {
  for (Descriptor& socket : sockets) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    tcp::acceptor acceptor(context_);
    acceptor.assign(bound.ss_family == AF_INET ? tcp::v4() : tcp::v6(), socket.release());
    asio::co_spawn(context_, accept(std::move(acceptor), shared_), asio::detached);
  }
  thread_ = std::jthread([this] { context_.run(); });
}

TcpServer::~TcpServer() {
  context_.stop();
  thread_.join();
}

}  // namespace rollcall::server
