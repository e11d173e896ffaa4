/// APL: lists of address prefixes (RFC 3123). WKS: services at an address (RFC 1035 section 3.4.2).
#include <algorithm>
#include <array>

#include "core/ip_address.hpp"
#include "dns/rdata_special.hpp"

namespace rollcall::dns {
namespace {

constexpr unsigned kIpv4Family = 1;  // IANA address family numbers
constexpr unsigned kIpv6Family = 2;

/// [!]afi:address/prefix
bool parse_prefix(RdataWords& words) {
  constexpr std::string_view kWhat = "a prefix as 1:192.0.2.0/24 or !2:2001:db8::/32";
  std::string_view text = words.word();
  const bool negated = text.starts_with('!');
  if (negated) text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  const std::size_t slash = text.rfind('/');
  if (colon == std::string_view::npos || slash == std::string_view::npos || slash < colon) {
    return words.expected(kWhat);
  }
  const auto family = parse_number<std::uint16_t>(text.substr(0, colon));
  const auto address = IpAddress::parse(text.substr(colon + 1, slash - colon - 1));
  const auto length = parse_number<std::uint8_t>(text.substr(slash + 1));
  if (!family || !address || !length) return words.expected(kWhat);
  const bool same_family = *family == (address->is_v4() ? kIpv4Family : kIpv6Family);
  if (!same_family || *length > address->octets().size() * 8) return words.expected(kWhat);
  Bytes octets = address->octets();
  while (!octets.empty() && octets.back() == 0) octets = octets.first(octets.size() - 1);
  words.put(*family, 2);
  words.put(*length, 1);
  words.put((negated ? 0x80U : 0U) | octets.size(), 1);
  words.put(octets);
  return words.done();
}

bool parse_apl(RdataWords& words) {
  while (!words.at_end()) {
    if (!parse_prefix(words)) return false;
  }
  return true;
}

bool valid_apl(Bytes rest) {
  while (!rest.empty()) {
    if (rest.size() < 4) return false;
    const unsigned family = load_u16(rest.data());
    const std::size_t size = rest[3] & 0x7fU;
    const std::size_t most = family == kIpv4Family ? 4 : 16;
    if ((family != kIpv4Family && family != kIpv6Family) || size > most) return false;
    if (rest[2] > most * 8 || rest.size() < 4 + size) return false;
    if (size > 0 && rest[3 + size] == 0) return false;  // RFC 3123 section 4: zeros are left out
    rest = rest.subspan(4 + size);
  }
  return true;
}

std::string print_apl(Bytes rest) {
  std::string text;
  while (!rest.empty()) {
    const std::size_t size = rest[3] & 0x7fU;
    std::array<std::uint8_t, 16> octets{};
    std::ranges::copy(rest.subspan(4, size), octets.begin());
    const unsigned family = load_u16(rest.data());
    const auto address =
        IpAddress::from_octets(Bytes(octets).first(family == kIpv4Family ? 4 : 16));
    text += fmt::format("{}{}{}:{}/{}", text.empty() ? "" : " ", (rest[3] & 0x80) != 0 ? "!" : "",
                        family, address->to_string(), rest[2]);
    rest = rest.subspan(4 + size);
  }
  return text;
}

struct Service {
  std::string_view word;
  std::uint16_t port;
};

/// The services of RFC 1010 that are still in use; every other one is written as its number.
constexpr Service kServices[] = {
    {"echo", 7},    {"discard", 9},  {"daytime", 13}, {"ftp-data", 20}, {"ftp", 21},
    {"ssh", 22},    {"telnet", 23},  {"smtp", 25},    {"time", 37},     {"whois", 43},
    {"domain", 53}, {"tftp", 69},    {"gopher", 70},  {"finger", 79},   {"http", 80},
    {"pop3", 110},  {"sunrpc", 111}, {"nntp", 119},   {"ntp", 123},     {"imap2", 143},
    {"imap", 143},  {"snmp", 161},   {"https", 443},
};

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return lower(static_cast<std::uint8_t>(x)) == lower(static_cast<std::uint8_t>(y));
  });
}

std::optional<std::uint16_t> parse_service(std::string_view text) {
  for (const Service& service : kServices) {
    if (same_word(service.word, text)) return service.port;
  }
  return parse_number<std::uint16_t>(text);
}

bool parse_wks(RdataWords& words) {
  if (words.at_end()) return words.expected("a protocol: tcp, udp or a number");
  std::optional<std::uint8_t> protocol = parse_number<std::uint8_t>(words.word());
  if (same_word(words.word(), "tcp")) protocol = 6;
  if (same_word(words.word(), "udp")) protocol = 17;
  if (!protocol) return words.expected("a protocol: tcp, udp or a number");
  words.put(*protocol, 1);
  words.done();
  const std::size_t start = words.out().size();
  for (; !words.at_end(); words.done()) {
    const auto port = parse_service(words.word());
    if (!port) return words.expected("a port or the name of a well-known service");
    const std::size_t octet = start + *port / 8;
    if (words.out().size() <= octet) words.out().resize(octet + 1);
    words.out()[octet] |= static_cast<std::uint8_t>(0x80 >> *port % 8);
  }
  return true;
}

/// A bitmap must not end in zeros, which mean nothing: so each set has one form.
bool valid_wks(Bytes rest) {
  if (rest.empty() || rest.size() > 1 + 65536 / 8) return false;
  return rest.size() == 1 || rest.back() != 0;
}

std::string print_wks(Bytes rest) {
  std::string text = std::to_string(rest[0]);
  for (std::size_t port = 0; port < (rest.size() - 1) * 8; ++port) {
    if ((rest[1 + port / 8] & 0x80 >> port % 8) != 0) text += fmt::format(" {}", port);
  }
  return text;
}

}  // namespace

const SpecialGrammar kAplGrammar{parse_apl, valid_apl, print_apl};
const SpecialGrammar kWksGrammar{parse_wks, valid_wks, print_wks};

}  // namespace rollcall::dns
