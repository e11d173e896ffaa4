#include "server/tripwires.hpp"

#include <boost/asio/this_coro.hpp>

#include "server/endpoints.hpp"

namespace rollcall::server {

asio::awaitable<bool> Tripwires::hold(roster::ProbeId wire, Endpoint target) {
  const auto socket = std::make_shared<asio::ip::tcp::socket>(co_await asio::this_coro::executor);
  held_[wire] = socket;
  auto [error] = co_await socket->async_connect(to_tcp(target), as_value);
  std::array<char, 256> unread;
  while (!error) {
    std::tie(error, std::ignore) = co_await socket->async_read_some(asio::buffer(unread), as_value);
  }
  const auto found = held_.find(wire);
  if (found == held_.end() || found->second != socket) co_return false;
  held_.erase(found);
  co_return true;
}

void Tripwires::drop(roster::ProbeId wire) {
  const auto found = held_.find(wire);
  if (found == held_.end()) return;
  ErrorCode ignored;
  found->second->close(ignored);
  held_.erase(found);
}

}  // namespace rollcall::server
