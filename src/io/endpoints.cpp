#include "io/endpoints.hpp"

#include <algorithm>

namespace rollcall::io {

asio::ip::address to_asio(const IpAddress& address) {
  const Bytes octets = address.octets();
  if (address.is_v4()) {
    asio::ip::address_v4::bytes_type v4;
    std::ranges::copy(octets, v4.begin());
    return asio::ip::address_v4(v4);
  }
  asio::ip::address_v6::bytes_type v6;
  std::ranges::copy(octets, v6.begin());
  return asio::ip::address_v6(v6);
}

IpAddress from_asio(const asio::ip::address& address) {
  if (address.is_v4()) return *IpAddress::from_octets(address.to_v4().to_bytes());
  return *IpAddress::from_octets(address.to_v6().to_bytes());
}

}  // namespace rollcall::io
