/// The addresses that the interfaces of this host have now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ip_address.hpp"
#include "core/result.hpp"

namespace rollcall::takeover {

struct InterfaceAddress {
  std::string interface;
  IpAddress address;
  std::uint8_t prefix = 0;  // length

  /// Whether the other address is in its network.
  bool is_neighbour(const IpAddress& other) const;
  /// As the agent adds addresses: without a network.
  bool is_alone() const noexcept { return prefix == (address.is_v4() ? 32 : 128); }

  bool operator==(const InterfaceAddress&) const = default;
};

struct Interfaces {
  std::vector<std::string> names;    // all of them
  std::vector<std::string> running;  // those that are up and have a carrier
  std::vector<InterfaceAddress> addresses;

  const InterfaceAddress* find(const IpAddress& address) const;
};

Result<Interfaces> read_interfaces();

}  // namespace rollcall::takeover
