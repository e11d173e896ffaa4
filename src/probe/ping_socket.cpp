#include "probe/ping_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/fault.hpp"

namespace rollcall::probe {

Result<PingSocket, int> open_ping(IpFamily family) {
  const int domain = family == IpFamily::v4 ? AF_INET : AF_INET6;
  const int protocol =
      family == IpFamily::v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  io::Descriptor socket(::socket(domain, SOCK_DGRAM | kFlags, protocol));
  if (socket) return PingSocket{std::move(socket), false};
  if (const int error = errno; is_shortage(error)) return std::unexpected(error);
  io::Descriptor raw(::socket(domain, SOCK_RAW | kFlags, protocol));
  if (raw) return PingSocket{std::move(raw), true};
  return std::unexpected(errno);
}

}  // namespace rollcall::probe
