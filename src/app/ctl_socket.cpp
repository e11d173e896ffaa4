#include "app/ctl_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rollcall::app {
namespace {

class Connection {
 public:
  Connection() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> no_answer(const std::string& path, int error) {
  return fail(
      fmt::format("no reply from rollcalld on {}: {}; is it running? (-c and -s choose another "
                  "socket)",
                  path, std::strerror(error)));
}

bool connect_to(int fd, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  timeval limit{};
  limit.tv_sec = kReplyTimeout_s;
  return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
         setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
         connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::string> ask(const std::string& socket, const std::string& line) {
  const Connection connection;
  if (connection.fd() < 0 || !connect_to(connection.fd(), socket) ||
      !send_all(connection.fd(), line + "\n")) {
    return no_answer(socket, errno);
  }
  std::string reply;
  for (;;) {
    char chunk[65536];
    const ssize_t count = recv(connection.fd(), chunk, sizeof chunk, 0);
    if (count < 0 && errno == EINTR) continue;
    // A receive that runs into SO_RCVTIMEO fails with EAGAIN, whose message would mislead.
    if (count < 0) return no_answer(socket, errno == EAGAIN ? ETIMEDOUT : errno);
    if (count == 0) return fail("rollcalld closed the connection without a reply");
    reply.append(chunk, static_cast<std::size_t>(count));
    if (const std::size_t end = reply.find('\n', reply.size() - static_cast<std::size_t>(count));
        end != std::string::npos) {
      reply.resize(end);
      return reply;
    }
    if (reply.size() > kMaxReplySize) return fail("rollcalld's reply is too long");
  }
}

}  // namespace rollcall::app
