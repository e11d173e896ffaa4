#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <system_error>

#include "core/fault.hpp"
#include "health/icmp_echo.hpp"
#include "io/endpoints.hpp"
#include "io/random.hpp"
#include "probe/ping_socket.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

constexpr std::string_view kNoPing =
    "no ping socket (it needs sysctl net.ipv4.ping_group_range, or CAP_NET_RAW)";

Outcome failed(Step when, const std::string& step, int error) {
  if (fault_of(when, error) == Fault::own_host) return unasked(step, error);
  return bad(step + ": " + std::system_category().message(error));
}

// A raw socket also receives the replies to every other ping of that member.
constexpr unsigned kMaxOtherPackets = 1024;

/// Reads packets until the reply comes.
asio::awaitable<Outcome> await_reply(io::Descriptor socket, IpFamily family, bool with_ip_header,
                                     std::uint64_t nonce, io::Deadline& deadline) {
  std::array<std::uint8_t, 512> packet;
  asio::posix::stream_descriptor readable(co_await asio::this_coro::executor, socket.release());
  const io::Deadline::Closes closes(deadline, [&readable] {
    ErrorCode ignored;
    readable.close(ignored);
  });
  for (unsigned strays = 0; strays <= kMaxOtherPackets; ++strays) {
    const auto [error] =
        co_await readable.async_wait(asio::posix::stream_descriptor::wait_read, as_value);
    if (error) co_return bad("reply: " + error.message());
    const ssize_t size = ::recv(readable.native_handle(), packet.data(), packet.size(), 0);
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      co_return failed(Step::later, "reply", errno);
    if (size < 0) continue;  // a wait without a packet counts, too
    const Bytes received = Bytes(packet).first(static_cast<std::size_t>(size));
    if (health::is_echo_reply(family, received, with_ip_header, nonce)) co_return good();
  }
  co_return bad(fmt::format("more than {} packets other than the reply", kMaxOtherPackets));
}

}  // namespace

asio::awaitable<Outcome> probe_icmp(const Request& request, io::Deadline& deadline) {
  const auto nonce = io::random_value<std::uint64_t>();
  if (!nonce) co_return unasked("no random numbers", nonce.error());
  const IpFamily family = request.target.address.family();
  auto ping = open_ping(family);
  if (!ping && is_shortage(ping.error())) co_return unasked("ping socket", ping.error());
  if (!ping) co_return unasked(kNoPing, ping.error());
  const std::vector<std::uint8_t> packet =
      health::echo_request(family, static_cast<std::uint16_t>(*nonce >> 48), *nonce);
  // A connected socket receives only the member's packets, and the errors that routers report.
  const auto target = io::to_udp({request.target.address, 0});
  if (::connect(ping->socket.get(), target.data(), static_cast<socklen_t>(target.size())) != 0) {
    co_return failed(Step::begin, "connect", errno);
  }
  if (::send(ping->socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
    co_return failed(Step::later, "send", errno);
  }
  const bool with_ip_header = ping->raw && family == IpFamily::v4;
  co_return co_await await_reply(std::move(ping->socket), family, with_ip_header, *nonce, deadline);
}

}  // namespace rollcall::probe
