#include "http/control_socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <filesystem>

#include "api/views.hpp"
#include "core/fault.hpp"
#include "core/lasting_failure.hpp"
#include "files/folder_path.hpp"
#include "io/clock.hpp"
#include "io/pages.hpp"

namespace rollcall::http {
namespace {

using local = asio::local::stream_protocol;
using Stream = boost::beast::basic_stream<local, asio::any_io_executor>;

/// The uid of the peer, as the kernel reports it: SO_PEERCRED of unix(7).
std::uint32_t peer_uid(local::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return static_cast<std::uint32_t>(-1);  // the kernel's own value for an unknown user
  }
  return peer.uid;
}

/// All peers are on this host, so there are no limits by source; the connection that has been
/// silent for longest makes room.
constexpr PlaceLimits kControlPlaces{.total = kMaxControlSessions,
                                     .per_host = kMaxControlSessions,
                                     .per_network = kMaxControlSessions};

}  // namespace

/// One connection. It never makes room while its request is under way.
class ControlSocket::Session final : public Place {
 public:
  Session(local::socket socket, std::shared_ptr<Places> places)
      : uid(peer_uid(socket)), stream(std::move(socket)), places_(std::move(places)) {}
  ~Session() override { places_->leave(*this); }

  bool enter() { return places_->admit(*this, Source{}, false, io::monotonic_now()); }
  void busy(bool now_busy) {
    places_->got_on(*this, io::monotonic_now());
    places_->trust(*this, now_busy);
  }
  void make_room() noexcept override {
    made_room = true;
    ErrorCode ignored;  // an operation that starts later ends, too
    stream.socket().shutdown(local::socket::shutdown_both, ignored);
    stream.cancel();
  }

  const std::uint32_t uid;  // of the operator
  Stream stream;
  std::string buffer;
  std::size_t unread = 0;  // octets of the reply that is being written
  Instant since{};         // when writing it began
  bool made_room = false;

 private:
  std::shared_ptr<Places> places_;  // a connection may end after its socket is gone
};

struct ControlSocket::Listener {
  explicit Listener(const asio::any_io_executor& executor) : acceptor(executor) {}
  local::acceptor acceptor;
};

ControlSocket::ControlSocket(asio::any_io_executor executor, Handler handler)
    : handler_(std::move(handler)),
      listener_(std::make_unique<Listener>(executor)),
      places_(std::make_shared<Places>(kControlPlaces)),
      sessions_(executor) {}

ControlSocket::~ControlSocket() {
  close();
}

Result<void> ControlSocket::listen(const std::string& path) {
  const auto failed = [&](const std::string& reason) {
    return fail(fmt::format("cannot create the control socket {}: {}", path, reason));
  };
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return failed("the path is too long");
  const std::filesystem::path place(path);
  auto folder = files::open_folder(place.has_parent_path() ? place.parent_path().string() : ".");
  if (!folder) return failed(folder.error().message);
  folder_ = std::move(folder->folder);
  name_ = place.filename().string();

  ErrorCode error;
  local::socket other(listener_->acceptor.get_executor());
  other.connect(local::endpoint(path), error);
  if (!error) return failed("a server is already listening there");
  if (error == asio::error::connection_refused) {
    // A plain file refuses connections, too, and a link may lead to another program's socket.
    if (!inode_of_socket()) return failed("the existing file is not a socket");
    ::unlinkat(folder_.get(), name_.c_str(), 0);
  }

  local::acceptor& acceptor = listener_->acceptor;
  acceptor.open(local(), error);
  const mode_t mask = ::umask(0117);  // 0660 from the moment when it exists
  if (!error) acceptor.bind(local::endpoint(path), error);
  ::umask(mask);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed(error.message());
  inode_ = inode_of_socket();
  sessions_.start(accept());
  return {};
}

asio::awaitable<void> ControlSocket::serve(std::unique_ptr<Session> session) {
  Stream& stream = session->stream;
  std::string& buffer = session->buffer;
  while (!session->made_room) {
    stream.expires_after(kControlIdleLimit);
    auto [error, size] = co_await asio::async_read_until(
        stream, asio::dynamic_buffer(buffer, api::kMaxRequestSize + 1), '\n', as_value);
    const bool too_long = error == asio::error::not_found;
    if ((error && !too_long) || session->made_room) co_return;
    Result<api::Request> request =
        too_long ? api::parse_request(buffer)
                 : api::parse_request(std::string_view(buffer).substr(0, size - 1));
    buffer.erase(0, size);
    co_await room_for_reply();
    if (session->made_room) co_return;
    io::Pages line;
    co_await reply_to(*session, request, line);
    session->unread = line.octets().size();
    session->since = io::monotonic_now();
    stream.expires_after(kControlWriteLimit);
    const Bytes octets = line.octets();
    auto [failed, n] =
        co_await asio::async_write(stream, asio::buffer(octets.data(), octets.size()), as_value);
    session->unread = 0;
    if (failed || too_long) co_return;
  }
}

/// @param line the reply; kept in pages of its own, because it may wait for long
asio::awaitable<void> ControlSocket::reply_to(Session& session, Result<api::Request>& request,
                                              io::Pages& line) {
  std::string reply;
  if (request) {
    api::identify(*request, session.uid);
    session.busy(true);
    reply = co_await handler_(*request);
    session.busy(false);
  } else {
    reply = api::failure_reply(request.error().message);
  }
  reply += '\n';
  line.keep(as_bytes(reply));
}

/// Waits until there is room for one more unread reply: gives up the reply that has waited for
/// longest, and waits until its memory is free.
asio::awaitable<void> ControlSocket::room_for_reply() {
  for (;;) {
    std::size_t all = 0;
    Session* oldest = nullptr;
    places_->for_each([&](Place& place) {
      auto& other = static_cast<Session&>(place);
      all += other.unread;
      const bool older = oldest == nullptr || other.since < oldest->since;
      if (other.unread > 0 && !other.made_room && older) oldest = &other;
    });
    if (all <= kMaxUnreadReplies) co_return;
    if (oldest != nullptr) oldest->make_room();
    // Lets the connection that was given up end.
    co_await asio::post(listener_->acceptor.get_executor(), asio::use_awaitable);
  }
}

asio::awaitable<void> ControlSocket::accept() {
  LastingFailure failing;
  for (;;) {
    auto [error, socket] = co_await listener_->acceptor.async_accept(as_value);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      const Instant now = io::monotonic_now();
      if (failing.failed(now).tell) {
        spdlog::error("control socket: cannot accept connections: {}", error.message());
      }
      if (is_shortage(error)) places_->take_one_back(now);
      asio::steady_timer pause(listener_->acceptor.get_executor(), kFailurePause);
      co_await pause.async_wait(as_value);
      continue;
    }
    failing.worked();
    auto session = std::make_unique<Session>(std::move(socket), places_);
    if (session->enter()) {
      sessions_.start(serve(std::move(session)));
    } else {  // this short reply fits into the socket's buffer
      const std::string reply = api::failure_reply(fmt::format(
                                    "{} requests are under way; try again", kMaxControlSessions)) +
                                '\n';
      session->stream.socket().send(asio::buffer(reply), 0, error);
    }
  }
}

void ControlSocket::close() {
  ErrorCode ignored;
  listener_->acceptor.close(ignored);
  sessions_.cancel();
  // Removes only our own socket: another server may have replaced it.
  if (inode_ && inode_of_socket() == inode_) ::unlinkat(folder_.get(), name_.c_str(), 0);
  inode_.reset();
}

/// Nothing if there is no socket with that name.
std::optional<ino_t> ControlSocket::inode_of_socket() const {
  struct stat status{};
  if (::fstatat(folder_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return S_ISSOCK(status.st_mode) ? std::optional(status.st_ino) : std::nullopt;
}

}  // namespace rollcall::http
