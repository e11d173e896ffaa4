/// Converts addresses between our values and Asio's.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "core/ip_address.hpp"
#include "io/async.hpp"

namespace rollcall::io {

asio::ip::address to_asio(const IpAddress& address);
IpAddress from_asio(const asio::ip::address& address);

inline asio::ip::tcp::endpoint to_tcp(const Endpoint& endpoint) {
  return {to_asio(endpoint.address), endpoint.port};
}
inline asio::ip::udp::endpoint to_udp(const Endpoint& endpoint) {
  return {to_asio(endpoint.address), endpoint.port};
}

}  // namespace rollcall::io
