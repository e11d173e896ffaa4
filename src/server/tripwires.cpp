#include "server/tripwires.hpp"

#include <netinet/tcp.h>

#include <array>
#include <boost/asio/this_coro.hpp>

#include "server/endpoints.hpp"
#include "server/probes.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {
namespace {

using asio::ip::tcp;

constexpr std::size_t kMaxUnread = 65536;  // octets; who says more is not idle
// A host that is gone without a word is found out within half a minute.
constexpr int kKeepIdle = 15;  // seconds
constexpr int kKeepInterval = 5;
constexpr int kKeepCount = 3;

asio::awaitable<ErrorCode> connect(tcp::socket& socket, Endpoint target) {
  const auto [error] = co_await socket.async_connect(to_tcp(target), as_value);
  co_return error;
}

void keep_alive(tcp::socket& socket) {
  ErrorCode ignored;  // without it only the interval finds such a host
  socket.set_option(tcp::socket::keep_alive(true), ignored);
  const int fd = socket.native_handle();
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepIdle, sizeof kKeepIdle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepInterval, sizeof kKeepInterval);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepCount, sizeof kKeepCount);
}

}  // namespace

asio::awaitable<Tripwires::End> Tripwires::hold(roster::HoldWire wanted) {
  const auto socket = std::make_shared<tcp::socket>(co_await asio::this_coro::executor);
  held_[wanted.wire] = socket;
  const std::optional<ErrorCode> connected =
      co_await within(wanted.limit, connect(*socket, wanted.target));
  ErrorCode error = connected.value_or(asio::error::timed_out);
  const bool unasked = is_shortage(error);
  if (!error) keep_alive(*socket);
  std::array<char, 1024> unread;
  for (std::size_t total = 0; !error && total < kMaxUnread;) {
    const auto [failed, size] = co_await socket->async_read_some(asio::buffer(unread), as_value);
    error = failed;
    total += size;
  }
  const auto found = held_.find(wanted.wire);
  if (found == held_.end() || found->second != socket) co_return End::dropped;
  held_.erase(found);
  co_return unasked ? End::unknown : End::by_itself;
}

void Tripwires::drop(roster::ProbeId wire) {
  const auto found = held_.find(wire);
  if (found == held_.end()) return;
  ErrorCode ignored;
  found->second->close(ignored);
  held_.erase(found);
}

}  // namespace rollcall::server
