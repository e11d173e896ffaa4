#include "server/keep_alive.hpp"

#include <netinet/tcp.h>

#include "server/async.hpp"

namespace rollcall::server {
namespace {

constexpr int kKeepIdle = 15;  // seconds
constexpr int kKeepInterval = 5;
constexpr int kKeepCount = 3;

}  // namespace

void keep_alive(asio::ip::tcp::socket& socket) {
  ErrorCode ignored;  // a kernel that refuses it keeps the connection all the same
  socket.set_option(asio::ip::tcp::socket::keep_alive(true), ignored);
  const int fd = socket.native_handle();
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepIdle, sizeof kKeepIdle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepInterval, sizeof kKeepInterval);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepCount, sizeof kKeepCount);
}

}  // namespace rollcall::server
