#include "server/tripwires.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include "server/endpoints.hpp"
#include "server/keep_alive.hpp"
#include "server/probes.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {
namespace {

using namespace asio::experimental::awaitable_operators;
using Timer = asio::steady_timer;
using asio::ip::tcp;

constexpr std::size_t kMaxUnread = 65536;  // octets; who says more is not idle

asio::awaitable<ErrorCode> connect(tcp::socket& socket, Endpoint target) {
  const auto [error] = co_await socket.async_connect(to_tcp(target), as_value);
  co_return error;
}

/// Ends with the connection, also with one that never stood.
/// @param unasked set where our own host has nothing to make it with
asio::awaitable<void> idle_connection(Endpoint target, Duration limit, bool& unasked) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const std::optional<ErrorCode> connected = co_await within(limit, connect(socket, target));
  ErrorCode error = connected.value_or(asio::error::timed_out);
  unasked = is_shortage(error);
  if (!error) keep_alive(socket);
  std::array<char, 1024> unread;
  for (std::size_t total = 0; !error && total < kMaxUnread;) {
    const auto [failed, size] = co_await socket.async_read_some(asio::buffer(unread), as_value);
    error = failed;
    total += size;
  }
}

}  // namespace

asio::awaitable<Tripwires::End> Tripwires::hold(roster::HoldWire wanted) {
  auto dropped = std::make_shared<Timer>(executor_, Timer::time_point::max());
  held_[wanted.wire] = dropped;
  return keep(std::move(wanted), std::move(dropped));
}

asio::awaitable<Tripwires::End> Tripwires::keep(roster::HoldWire wanted, Dropped dropped) {
  bool unasked = false;
  if (wanted.service.empty()) {
    co_await (idle_connection(wanted.target, wanted.limit, unasked) ||
              dropped->async_wait(as_value));
  } else if (!wanted.connect) {
    co_await (streams_.watch(wanted.member, wanted.service) || dropped->async_wait(as_value));
  } else {
    co_await (idle_connection(wanted.target, wanted.limit, unasked) ||
              streams_.watch(wanted.member, wanted.service) || dropped->async_wait(as_value));
  }
  const auto found = held_.find(wanted.wire);
  if (found == held_.end() || found->second != dropped) co_return End::dropped;
  held_.erase(found);
  co_return unasked ? End::unknown : End::by_itself;
}

void Tripwires::drop(roster::ProbeId wire) {
  const auto found = held_.find(wire);
  if (found == held_.end()) return;
  found->second->expires_at(Timer::time_point::min());
  held_.erase(found);
}

}  // namespace rollcall::server
