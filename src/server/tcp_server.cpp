#include "server/tcp_server.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <optional>
#include <utility>

#include "answer/transfer.hpp"
#include "server/clock.hpp"
#include "server/endpoints.hpp"

namespace rollcall::server {
namespace {

using asio::ip::tcp;
using std::chrono::steady_clock;

class Session : private TcpConnection {
 public:
  Session(tcp::socket accepted, const tcp::endpoint& peer, TcpServer::Shared& shared)
      : TcpConnection{.socket = std::move(accepted)},
        shared_(shared),
        peer_{from_asio(peer.address()).unmapped(), peer.port()},
        buffers_(take_buffers(shared)) {
    ++shared_.sessions;
    shared_.connections.push_back(*this);
  }
  ~Session() {
    --shared_.sessions;
    if (shared_.spare.size() < kSpareBuffers) shared_.spare.push_back(std::move(buffers_));
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run() {
    ErrorCode error;
    socket.non_blocking(true, error);
    while (!error) {
      while (const std::optional<MutableBytes> request = next_request()) {
        ++shared_.counters.queries;
        // g++ 12 evaluates a co_await behind && or ?: whatever stands before it: if, always.
        bool on = true;
        if (answer::asks_for_transfer(*request)) {
          on = co_await transfer(*request);
        } else {
          on = answer(*request);
        }
        if (!on) {
          co_await write();  // what was answered before
          co_return;
        }
        if (unwritten_ <= kFramedSize) continue;
        if (!co_await write()) co_return;
      }
      if (!co_await write()) co_return;
      if (!co_await read()) co_return;
    }
  }

 private:
  static std::unique_ptr<TcpBuffers> take_buffers(TcpServer::Shared& shared) {
    if (shared.spare.empty()) return std::make_unique_for_overwrite<TcpBuffers>();
    std::unique_ptr<TcpBuffers> buffers = std::move(shared.spare.back());
    shared.spare.pop_back();
    return buffers;
  }

  /// The next one of those that are wholly here; it stays in its place until `read`.
  std::optional<MutableBytes> next_request() {
    const MutableBytes here = MutableBytes(buffers_->received).subspan(read_, received_ - read_);
    if (here.size() < kLengthSize) return std::nullopt;
    const std::size_t size = load_u16(here.data());
    if (here.size() < kLengthSize + size) return std::nullopt;
    read_ += kLengthSize + size;
    return here.subspan(kLengthSize, size);
  }

  asio::awaitable<bool> read() {
    std::uint8_t* const start = buffers_->received;
    // For a whole message from its first octet on, however slowly the others come.
    if (read_ != 0 || received_ == 0) deadline = steady_clock::now() + kTcpIdleLimit;
    received_ -= read_;
    std::memmove(start, start + read_, received_);
    read_ = 0;
    auto [error, n] = co_await socket.async_read_some(
        asio::buffer(start + received_, kFramedSize - received_), as_value);
    received_ += n;
    co_return !error;
  }

  bool answer(Bytes request) {
    // A reference of this answer's own: the catalog may move while the response is written.
    const std::shared_ptr<const zone::Catalog> catalog = shared_.catalog.load();
    const answer::Asker asker{answer::Transport::tcp, peer_.address.octets(), wall_now()};
    return add(shared_.responder.answer(*catalog, request, room(), asker, shared_.random));
  }

  asio::awaitable<bool> transfer(Bytes request) {
    auto opened = open(request);
    if (!opened) {
      answer::TransferRefusal& refusal = opened.error();
      const std::size_t size = answer::write_refusal(request, refusal, room(), wall_now());
      spdlog::info("transfer to {} refused: {}", peer_.to_string(), dns::rcode_name(refusal.rcode));
      co_return add(size);
    }
    ++shared_.counters.transfers;
    ++shared_.transfers;
    std::size_t octets = 0;
    bool written = true;
    while (written) {
      const std::size_t size = answer::next_message(*opened, room(), wall_now());
      if (!add(size)) break;
      octets += size;
      written = co_await write();
      co_await asio::post(socket.get_executor(), asio::use_awaitable);  // others' turn
    }
    --shared_.transfers;
    spdlog::info("transfer of {} to {} {}: serial {}, {} octets",
                 opened->stream.origin().to_display(), peer_.to_string(),
                 written ? "done" : "broken off", opened->stream.serial(), octets);
    co_return written;
  }

  Result<answer::OpenedTransfer, answer::TransferRefusal> open(Bytes request) {
    if (shared_.transfers >= kMaxTransfers) {
      return std::unexpected(answer::TransferRefusal{.rcode = dns::Rcode::servfail});
    }
    return answer::open_transfer(*shared_.catalog.load(), request, peer_.address, wall_now());
  }

  /// Of the next response.
  MutableBytes room() {
    return MutableBytes(buffers_->responses)
        .subspan(unwritten_ + kLengthSize, dns::kMaxMessageSize);
  }

  /// A response of that size was written into the room; none: the session ends.
  bool add(std::size_t size) {
    if (size == 0) return false;
    store_u16(buffers_->responses + unwritten_, static_cast<std::uint16_t>(size));
    unwritten_ += kLengthSize + size;
    return true;
  }

  /// Nearly always the socket takes it all at once, and no timer is needed.
  asio::awaitable<bool> write() {
    const std::size_t size = std::exchange(unwritten_, 0);
    if (size == 0) co_return true;
    ErrorCode error;
    const asio::const_buffer all(buffers_->responses, size);
    const std::size_t written = socket.write_some(all, error);
    if (error && error != asio::error::would_block) co_return false;
    if (written == size) co_return true;
    deadline = steady_clock::now() + kTcpWriteLimit;
    auto [failed, n] = co_await asio::async_write(socket, all + written, as_value);
    co_return !failed;
  }

  TcpServer::Shared& shared_;
  Endpoint peer_;
  std::unique_ptr<TcpBuffers> buffers_;
  std::size_t received_ = 0;   // octets in `received`
  std::size_t read_ = 0;       // of them
  std::size_t unwritten_ = 0;  // octets in `responses`
};

asio::awaitable<void> serve(tcp::socket socket, tcp::endpoint peer, TcpServer::Shared& shared) {
  Session session(std::move(socket), peer, shared);
  co_await session.run();
}

asio::awaitable<void> accept(tcp::acceptor acceptor, TcpServer::Shared& shared) {
  for (;;) {
    tcp::endpoint peer;
    auto [error, socket] = co_await acceptor.async_accept(peer, as_value);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: wait for sessions to end instead of spinning.
      asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
      co_await pause.async_wait(as_value);
      continue;
    }
    if (shared.sessions >= kMaxTcpSessions) continue;  // closed at once; RFC 7766 section 6.2.2
    ++shared.counters.connections;
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), peer, shared), asio::detached);
  }
}

/// One timer for all: a timer of each one's own would be set twice a query.
asio::awaitable<void> end_idle(TcpServer::Shared& shared) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(kTcpSweepInterval);
    co_await timer.async_wait(as_value);
    const auto now = steady_clock::now();
    for (TcpConnection& connection : shared.connections) {
      if (connection.deadline < now) connection.socket.cancel();
    }
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
  asio::co_spawn(context_, end_idle(shared_), asio::detached);
  thread_ = std::jthread([this] { context_.run(); });
}

TcpServer::~TcpServer() {
  context_.stop();
  thread_.join();
}

}  // namespace rollcall::server
