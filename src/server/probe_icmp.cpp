#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <system_error>

#include "health/icmp_echo.hpp"
#include "server/descriptor.hpp"
#include "server/endpoints.hpp"
#include "server/probes.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {
namespace {

std::string words(int error) {
  return std::system_category().message(error);
}

struct PingSocket {
  Descriptor socket;
  bool raw = false;
};

/// A ping socket, which any program may have where net.ipv4.ping_group_range allows it; else a raw
/// one, which needs CAP_NET_RAW.
/// @return an errno where neither is to be had
Result<PingSocket, int> open_ping(IpFamily family) {
  const int domain = family == IpFamily::v4 ? AF_INET : AF_INET6;
  const int protocol =
      family == IpFamily::v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  Descriptor socket(::socket(domain, SOCK_DGRAM | kFlags, protocol));
  if (socket) return PingSocket{std::move(socket), false};
  if (const int error = errno; is_shortage(error)) return std::unexpected(error);
  Descriptor raw(::socket(domain, SOCK_RAW | kFlags, protocol));
  if (raw) return PingSocket{std::move(raw), true};
  return std::unexpected(errno);
}

/// What failed before a packet was on its way.
Outcome unsent(const std::string& what, int error) {
  return is_shortage(error) ? unknown(words(error)) : bad(what + words(error));
}

/// The next packet of the socket, or nothing after an error, which is told.
asio::awaitable<Outcome> await_reply(Descriptor socket, IpFamily family, bool with_ip_header,
                                     std::uint64_t nonce) {
  std::array<std::uint8_t, 512> packet;
  asio::posix::stream_descriptor readable(co_await asio::this_coro::executor, socket.release());
  while (true) {
    const auto [error] =
        co_await readable.async_wait(asio::posix::stream_descriptor::wait_read, as_value);
    if (error) co_return bad("reply: " + error.message());
    const ssize_t size = ::recv(readable.native_handle(), packet.data(), packet.size(), 0);
    if (size < 0 && errno != EAGAIN && errno != EINTR) co_return bad("reply: " + words(errno));
    if (size < 0) continue;
    const Bytes received = Bytes(packet).first(static_cast<std::size_t>(size));
    if (health::is_echo_reply(family, received, with_ip_header, nonce)) co_return good();
  }
}

}  // namespace

asio::awaitable<Outcome> probe_icmp(const roster::StartProbe& request) {
  const IpFamily family = request.target.address.family();
  auto ping = open_ping(family);
  if (!ping && is_shortage(ping.error())) co_return unknown(words(ping.error()));
  if (!ping) {
    co_return bad(fmt::format(
        "no ping socket: {} (it needs sysctl net.ipv4.ping_group_range, or CAP_NET_RAW)",
        words(ping.error())));
  }
  std::uint64_t nonce = 0;
  static_cast<void>(::getrandom(&nonce, sizeof nonce, 0));
  const std::vector<std::uint8_t> packet =
      health::echo_request(family, static_cast<std::uint16_t>(nonce >> 48), nonce);
  // Connected: only what comes from the member is heard, and what routers say of it.
  const auto target = to_udp({request.target.address, 0});
  if (::connect(ping->socket.get(), target.data(), static_cast<socklen_t>(target.size())) != 0) {
    co_return unsent("connect: ", errno);
  }
  if (::send(ping->socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
    co_return unsent("send: ", errno);
  }
  const bool with_ip_header = ping->raw && family == IpFamily::v4;
  co_return co_await await_reply(std::move(ping->socket), family, with_ip_header, nonce);
}

}  // namespace rollcall::server
