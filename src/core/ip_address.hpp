/// Addresses of hosts, their ports, and blocks of addresses.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace rollcall {

enum class IpFamily : std::uint8_t { v4, v6 };

/// An IPv4 or IPv6 address. Octets are in network order; IPv4 uses the first four.
class IpAddress {
 public:
  IpAddress() = default;
  /// @param octets 4 or 16 of them, as in the RDATA of A (RFC 1035 3.4.1) and AAAA (RFC 3596 2.2)
  static std::optional<IpAddress> from_octets(Bytes octets);
  /// Reads "192.0.2.1" or "2001:db8::1"; no brackets, no zone, no port.
  static std::optional<IpAddress> parse(std::string_view text);

  IpFamily family() const noexcept { return family_; }
  bool is_v4() const noexcept { return family_ == IpFamily::v4; }
  /// 0.0.0.0 or ::, to which a socket is bound that serves every address of its host.
  bool is_unspecified() const noexcept {
    return std::ranges::count(octets(), 0) == std::ssize(octets());
  }
  Bytes octets() const noexcept { return Bytes(octets_).first(is_v4() ? 4 : 16); }
  std::string to_string() const;
  /// ::ffff:192.0.2.1 as 192.0.2.1; every other address as it is (RFC 4291 section 2.5.5.2).
  IpAddress unmapped() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  IpFamily family_ = IpFamily::v4;
  std::array<std::uint8_t, 16> octets_{};
};

/// An address and a port: "127.0.0.1:53", "[::1]:53".
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// @param default_port the port of a text that has none; without it such a text is refused
  static std::optional<Endpoint> parse(std::string_view text,
                                       std::optional<std::uint16_t> default_port = std::nullopt);
  std::string to_string() const;
  auto operator<=>(const Endpoint&) const = default;
};

/// A block of addresses: "127.0.0.0/8", "2001:db8::/32", or one address.
struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;  // leading bits that count

  /// Bits after the length must be zero: 127.0.0.1/8 is refused.
  static std::optional<IpPrefix> parse(std::string_view text);
  bool contains(const IpAddress& candidate) const;
  std::string to_string() const;
  auto operator<=>(const IpPrefix&) const = default;
};

}  // namespace rollcall

template <>
struct std::hash<rollcall::IpAddress> {
  std::size_t operator()(const rollcall::IpAddress& address) const noexcept {
    return std::hash<std::string_view>{}(rollcall::as_text(address.octets()));
  }
};
