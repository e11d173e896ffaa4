/// The server's TCP sessions on 127.0.0.1, and a client that writes and reads octets.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "rfc/conversation.hpp"
#include "transport/listen_socket.hpp"
#include "transport/tcp_server.hpp"

namespace rollcall::rfc {

/// One session. Reads give up after 30 seconds, which fails the test.
class TcpClient {
 public:
  explicit TcpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{30, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }

  void write(Bytes octets) {
    EXPECT_EQ(::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }
  /// The octets that come next; fewer where the server ends the session.
  Octets read(std::size_t size) {
    Octets octets(size);
    const ssize_t got = ::recv(socket_.get(), octets.data(), size, MSG_WAITALL);
    EXPECT_GE(got, 0) << "nothing came, and the session is not ended";
    octets.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return octets;
  }
  /// One message behind its length; no octets where the session is ended.
  Octets read_message() {
    const Octets length = read(2);
    return length.size() == 2 ? read(load_u16(length.data())) : Octets();
  }

 private:
  io::Descriptor socket_;
};

/// A message behind its length.
inline Octets framed(const Octets& message) {
  Octets out(2);
  store_u16(out.data(), static_cast<std::uint16_t>(message.size()));
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

/// Serves example.com at a port of its own.
class TcpService {
 public:
  explicit TcpService(std::string_view records)
      : catalog_(std::make_shared<const zone::Catalog>(Server(records).catalog())),
        responder_({}),
        server_(listen(), catalog_, responder_, {}, {}, 1) {}

  std::uint16_t port() const { return port_; }

 private:
  std::vector<io::Descriptor> listen() {
    std::vector<io::Descriptor> sockets;
    sockets.push_back(transport::listen_tcp({*IpAddress::parse("127.0.0.1"), 0}).value());
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ::getsockname(sockets.front().get(), reinterpret_cast<sockaddr*>(&bound), &size);
    port_ = ntohs(bound.sin_port);
    return sockets;
  }

  std::uint16_t port_ = 0;
  Published<zone::Catalog> catalog_;
  answer::Responder responder_;
  transport::TcpServer server_;
};

}  // namespace rollcall::rfc
