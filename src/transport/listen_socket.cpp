#include "transport/listen_socket.hpp"

#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstring>

namespace rollcall::transport {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const Endpoint& endpoint) {
  SocketAddress address;
  if (endpoint.address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    std::memcpy(&v4->sin_addr, endpoint.address.octets().data(), 4);
    address.size = sizeof(sockaddr_in);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    std::memcpy(&v6->sin6_addr, endpoint.address.octets().data(), 16);
    address.size = sizeof(sockaddr_in6);
  }
  return address;
}

std::unexpected<Error> failed(const char* what, const Endpoint& endpoint) {
  return fail(cannot_listen(endpoint, what, errno));
}

bool set_option(int socket, int level, int name, int value) {
  return ::setsockopt(socket, level, name, &value, sizeof value) == 0;
}

/// An address that no interface has yet (ip(7), IP_FREEBIND).
void allow_absent(int socket, bool v4) {
  if (v4) {
    set_option(socket, IPPROTO_IP, IP_FREEBIND, 1);
  } else {
    set_option(socket, IPPROTO_IPV6, IPV6_FREEBIND, 1);
  }
}

}  // namespace

std::string cannot_listen(const Endpoint& endpoint, std::string_view what, int error) {
  const char* const hint =
      error == EADDRINUSE ? "; is another server running there?"
      : error == EACCES   ? "; ports below 1024 need root or CAP_NET_BIND_SERVICE"
      : error == EADDRNOTAVAIL
          ? "; for an address that appears later, set server.listen_when_absent to wait"
          : "";
  return fmt::format("cannot listen on {} ({}): {}{}", endpoint.to_string(), what,
                     std::strerror(error), hint);
}

bool host_has(const IpAddress& address) {
  const io::Descriptor socket(
      ::socket(address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno != EAFNOSUPPORT;
  const SocketAddress any_port = socket_address({address, 0});
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any_port.storage),
                any_port.size) == 0 ||
         errno != EADDRNOTAVAIL;
}

Result<io::Descriptor> bind_udp(const Endpoint& endpoint, WhenAbsent when_absent) {
  const bool v4 = endpoint.address.is_v4();
  io::Descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return failed("UDP", endpoint);
  const int fd = socket.get();
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, kUdpReceiveBuffer) ||
      set_option(fd, SOL_SOCKET, SO_RCVBUF, kUdpReceiveBuffer);  // as much as we may have
  set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  // Asked for only where the address can differ between packets, because it costs the kernel time
  // for each packet.
  const int many_addresses = endpoint.address.is_unspecified() ? 1 : 0;
  if (v4) {
    set_option(fd, IPPROTO_IP, IP_PKTINFO, many_addresses);
    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  } else {
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, many_addresses);
    set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
  }
  if (when_absent == WhenAbsent::wait) allow_absent(fd, v4);
  const timeval wake{0, std::chrono::microseconds(kUdpWakeInterval).count()};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof wake);
  const SocketAddress address = socket_address(endpoint);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
    return failed("UDP", endpoint);
  }
  return socket;
}

Result<void> steer_by_cpu(const io::Descriptor& socket, unsigned count) {
  cpu_set_t ours;
  CPU_ZERO(&ours);
  ::sched_getaffinity(0, sizeof ours, &ours);
  for (unsigned cpu = 0; cpu < count; ++cpu) {
    if (CPU_ISSET(cpu, &ours)) continue;
    return fail(
        fmt::format("server.steer_by: cpu needs CPUs 0 to {}, but this process may not run on {}",
                    count - 1, cpu));
  }
  sock_filter program[]{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU)},
      {BPF_ALU | BPF_MOD | BPF_K, 0, 0, count},
      {BPF_RET | BPF_A, 0, 0, 0},
  };
  const sock_fprog filter{std::size(program), program};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) ==
      0) {
    return {};
  }
  return fail(fmt::format("server.steer_by: the kernel refuses: {}", std::strerror(errno)));
}

Result<void> set_busy_poll(const io::Descriptor& socket, Duration duration) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  if (set_option(socket.get(), SOL_SOCKET, SO_BUSY_POLL, static_cast<int>(us))) return {};
  return fail(fmt::format("server.busy_poll: {} is refused: {}", format_duration(duration),
                          std::strerror(errno)));
}

Result<io::Descriptor> listen_tcp(const Endpoint& endpoint, WhenAbsent when_absent) {
  const bool v4 = endpoint.address.is_v4();
  io::Descriptor socket(
      ::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failed("TCP", endpoint);
  const int fd = socket.get();
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit both
  set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kTcpUnsent);
  if (when_absent == WhenAbsent::wait) allow_absent(fd, v4);
  if (!v4) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const SocketAddress address = socket_address(endpoint);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 ||
      ::listen(fd, kTcpBacklog) != 0) {
    return failed("TCP", endpoint);
  }
  return socket;
}

std::string bound_address(const io::Descriptor& socket) {
  SocketAddress bound;
  bound.size = sizeof bound.storage;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
  if (bound.storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(bound.storage);
    const Bytes octets(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4);
    return Endpoint{*IpAddress::from_octets(octets), ntohs(v4.sin_port)}.to_string();
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(bound.storage);
  return Endpoint{*IpAddress::from_octets(Bytes(v6.sin6_addr.s6_addr)), ntohs(v6.sin6_port)}
      .to_string();
}

}  // namespace rollcall::transport
