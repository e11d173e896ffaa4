#include "loopback.hpp"

#include <fmt/format.h>

#include <cstring>

#include "core/ip_address.hpp"

namespace rollcall::bench {

Result<SocketAddress> loopback_address(std::string_view text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return fail(fmt::format("'{}' is not an address with a port", text));
  const IpPrefix v4_loopback = *IpPrefix::parse("127.0.0.0/8");
  const IpAddress v6_loopback = *IpAddress::parse("::1");
  if (!v4_loopback.contains(endpoint->address) && endpoint->address != v6_loopback) {
    return fail(fmt::format("{} is not on this host: only 127.0.0.0/8 and ::1 are",
                            endpoint->address.to_string()));
  }
  SocketAddress address;
  if (endpoint->address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint->port);
    std::memcpy(&v4->sin_addr, endpoint->address.octets().data(), 4);
    address.size = sizeof(sockaddr_in);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint->port);
    std::memcpy(&v6->sin6_addr, endpoint->address.octets().data(), 16);
    address.size = sizeof(sockaddr_in6);
  }
  return address;
}

}  // namespace rollcall::bench
