#include "io/connecting.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "io/endpoints.hpp"

namespace rollcall::io {
namespace {

constexpr int kKeepIdle = 15;  // seconds
constexpr int kKeepInterval = 5;
constexpr int kKeepCount = 3;

ErrorCode to_error(int error) {
  return {error, boost::system::system_category()};
}

}  // namespace

int begin_connect(int socket, const asio::ip::tcp::endpoint& target) noexcept {
  const int failed = ::connect(socket, target.data(), static_cast<socklen_t>(target.size()));
  return failed != 0 && errno != EINPROGRESS ? errno : 0;
}

int connect_result(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

asio::awaitable<Connected> connect(asio::ip::tcp::socket& socket, Endpoint target) {
  const asio::ip::tcp::endpoint endpoint = to_tcp(target);
  ErrorCode error;
  socket.open(endpoint.protocol(), error);
  if (!error) socket.non_blocking(true, error);
  if (!error) error = to_error(begin_connect(socket.native_handle(), endpoint));
  if (error) co_return Connected{error, Step::begin};
  const auto [unheard] = co_await socket.async_wait(asio::ip::tcp::socket::wait_write, as_value);
  if (unheard) co_return Connected{unheard, Step::later};
  co_return Connected{to_error(connect_result(socket.native_handle())), Step::later};
}

void keep_alive(asio::ip::tcp::socket& socket) {
  ErrorCode ignored;  // without keepalive the connection still works
  socket.set_option(asio::ip::tcp::socket::keep_alive(true), ignored);
  const int fd = socket.native_handle();
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepIdle, sizeof kKeepIdle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepInterval, sizeof kKeepInterval);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepCount, sizeof kKeepCount);
}

}  // namespace rollcall::io
