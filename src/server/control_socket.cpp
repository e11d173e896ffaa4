#include "server/control_socket.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <filesystem>

#include "control/views.hpp"

namespace rollcall::server {
namespace {

using local = asio::local::stream_protocol;
using Stream = boost::beast::basic_stream<local, asio::any_io_executor>;

/// The user that connected, as the kernel knows it: SO_PEERCRED of unix(7).
std::uint32_t peer_uid(local::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return static_cast<std::uint32_t>(-1);  // the kernel's own word for a user that is not known
  }
  return peer.uid;
}

asio::awaitable<void> serve(local::socket socket, const ControlSocket::Handler& handler) {
  const std::uint32_t uid = peer_uid(socket);
  Stream stream(std::move(socket));
  std::string buffer;
  for (;;) {
    stream.expires_after(kControlIdleLimit);
    auto [error, size] = co_await asio::async_read_until(
        stream, asio::dynamic_buffer(buffer, control::kMaxRequestSize + 1), '\n', as_value);
    const bool too_long = error == asio::error::not_found;
    if (error && !too_long) co_return;
    Result<control::Request> request =
        too_long ? control::parse_request(buffer)
                 : control::parse_request(std::string_view(buffer).substr(0, size - 1));
    buffer.erase(0, size);
    std::string reply;
    if (request) {
      control::identify(*request, uid);
      reply = co_await handler(*request);
    } else {
      reply = control::failure_reply(request.error().message);
    }
    reply += '\n';
    stream.expires_after(kControlIdleLimit);
    auto [failed, n] = co_await asio::async_write(stream, asio::buffer(reply), as_value);
    if (failed || too_long) co_return;
  }
}

}  // namespace

struct ControlSocket::Listener {
  explicit Listener(const asio::any_io_executor& executor) : acceptor(executor) {}
  local::acceptor acceptor;
};

ControlSocket::ControlSocket(asio::any_io_executor executor, Handler handler)
    : handler_(std::move(handler)),
      listener_(std::make_unique<Listener>(executor)),
      sessions_(executor) {}

ControlSocket::~ControlSocket() {
  close();
}

Result<void> ControlSocket::listen(const std::string& path) {
  const auto failed = [&](const std::string& reason) {
    return fail(fmt::format("cannot make the control socket {}: {}", path, reason));
  };
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return failed("the path is too long");
  std::error_code made;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, made);
  if (made) return failed(made.message());

  ErrorCode error;
  local::socket other(listener_->acceptor.get_executor());
  other.connect(local::endpoint(path), error);
  if (!error) return failed("a server is already listening there");
  if (error == asio::error::connection_refused) {
    // A plain file refuses connections too.
    if (!std::filesystem::is_socket(path, made)) return failed("what is there is no socket");
    std::filesystem::remove(path, made);
  }

  local::acceptor& acceptor = listener_->acceptor;
  acceptor.open(local(), error);
  const mode_t mask = ::umask(0117);  // 0660 from the first moment on
  if (!error) acceptor.bind(local::endpoint(path), error);
  ::umask(mask);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed(error.message());
  path_ = path;
  sessions_.start(accept());
  return {};
}

asio::awaitable<void> ControlSocket::accept() {
  for (;;) {
    auto [error, socket] = co_await listener_->acceptor.async_accept(as_value);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      spdlog::warn("control socket: {}", error.message());
      asio::steady_timer pause(listener_->acceptor.get_executor(), std::chrono::seconds(1));
      co_await pause.async_wait(as_value);
      continue;
    }
    if (sessions_.size() <= kMaxControlSessions)
      sessions_.start(serve(std::move(socket), handler_));
  }
}

void ControlSocket::close() {
  ErrorCode ignored;
  listener_->acceptor.close(ignored);
  sessions_.cancel();
  if (!path_.empty()) ::unlink(std::exchange(path_, {}).c_str());
}

}  // namespace rollcall::server
