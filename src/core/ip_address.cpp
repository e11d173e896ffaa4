#include "core/ip_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/number.hpp"

namespace rollcall {
namespace {

std::optional<unsigned> parse_up_to(std::string_view text, unsigned most) {
  const std::optional<unsigned> value = parse_number<unsigned>(text);
  return value && *value <= most ? value : std::nullopt;
}

}  // namespace

std::optional<IpAddress> IpAddress::from_octets(Bytes octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  IpAddress address;
  address.family_ = octets.size() == 4 ? IpFamily::v4 : IpFamily::v6;
  std::ranges::copy(octets, address.octets_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.contains('\0')) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.octets_.data()) == 1) return address;
  address.family_ = IpFamily::v6;
  if (inet_pton(AF_INET6, terminated.c_str(), address.octets_.data()) == 1) return address;
  return std::nullopt;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
  return text.data();
}

IpAddress IpAddress::unmapped() const {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (is_v4() || !std::ranges::equal(octets().first(12), kMapped)) return *this;
  return *from_octets(octets().subspan(12));
}

std::optional<Endpoint> Endpoint::parse(std::string_view text,
                                        std::optional<std::uint16_t> default_port) {
  std::string_view host = text;
  std::optional<unsigned> port = default_port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (rest.starts_with(':')) {
      port = parse_up_to(rest.substr(1), 65535);
    } else if (!rest.empty()) {
      return std::nullopt;
    }
  } else if (std::ranges::count(text, ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = parse_up_to(text.substr(text.find(':') + 1), 65535);
  }
  const std::optional<IpAddress> address = IpAddress::parse(host);
  if (!address || !port) return std::nullopt;
  if (text.starts_with('[') && address->is_v4()) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::string Endpoint::to_string() const {
  return address.is_v4() ? fmt::format("{}:{}", address.to_string(), port)
                         : fmt::format("[{}]:{}", address.to_string(), port);
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned width = address->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) {
    return IpPrefix{*address, static_cast<std::uint8_t>(width)};
  }
  const std::optional<unsigned> length = parse_up_to(text.substr(slash + 1), width);
  if (!length) return std::nullopt;
  for (unsigned bit = *length; bit < width; ++bit) {
    if (address->octets()[bit / 8] & (0x80 >> bit % 8)) return std::nullopt;
  }
  return IpPrefix{*address, static_cast<std::uint8_t>(*length)};
}

bool IpPrefix::contains(const IpAddress& candidate) const {
  if (candidate.family() != address.family()) return false;
  const Bytes a = address.octets();
  const Bytes b = candidate.octets();
  const std::size_t whole = length / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  const unsigned rest = length % 8;
  if (rest == 0) return true;
  return ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

std::string IpPrefix::to_string() const {
  return fmt::format("{}/{}", address.to_string(), length);
}

}  // namespace rollcall
