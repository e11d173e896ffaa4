#include "takeover/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace rollcall::takeover {
namespace {

/// The octets of an IPv4 or IPv6 socket address; empty: of another family.
std::vector<std::uint8_t> octets_of(const sockaddr* address) {
  std::vector<std::uint8_t> octets;
  if (address == nullptr) return octets;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof(v4));
    octets.resize(sizeof(v4.sin_addr));
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof(v6));
    octets.resize(sizeof(v6.sin6_addr));
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
  }
  return octets;
}

std::uint8_t length_of(const std::vector<std::uint8_t>& mask) {
  int bits = 0;
  for (const std::uint8_t octet : mask) bits += std::popcount(octet);
  return static_cast<std::uint8_t>(bits);
}

}  // namespace

bool InterfaceAddress::is_neighbour(const IpAddress& other) const {
  if (other.family() != address.family()) return false;
  const Bytes mine = address.octets();
  const Bytes its = other.octets();
  for (unsigned bit = 0; bit < prefix; ++bit) {
    const unsigned shift = 7 - bit % 8;
    if (((mine[bit / 8] ^ its[bit / 8]) >> shift & 1U) != 0) return false;
  }
  return true;
}

const InterfaceAddress* Interfaces::find(const IpAddress& address) const {
  const auto found = std::ranges::find(addresses, address, &InterfaceAddress::address);
  return found == addresses.end() ? nullptr : &*found;
}

Result<Interfaces> read_interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) {
    return fail("the addresses of this host: " + std::system_category().message(errno));
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(first, &::freeifaddrs);
  Interfaces found;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const std::string name = entry->ifa_name;
    if (std::ranges::find(found.names, name) == found.names.end()) {
      found.names.push_back(name);
      const bool running =
          (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_RUNNING) != 0;
      if (running) found.running.push_back(name);
    }
    const auto address = IpAddress::from_octets(octets_of(entry->ifa_addr));
    if (!address) continue;
    found.addresses.push_back({name, *address, length_of(octets_of(entry->ifa_netmask))});
  }
  return found;
}

}  // namespace rollcall::takeover
