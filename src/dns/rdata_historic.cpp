/// NULL (RFC 1035 section 3.3.10), NXT (RFC 2535 section 5.2) and A6 (RFC 2874 section 3.1.1):
/// obsolete types that zone files of BIND may contain.
///
/// Limitations: the other format of NXT, which the zero bit of its bit map announces and no RFC
/// defines, is refused.
#include <algorithm>
#include <array>

#include "core/ip_address.hpp"
#include "dns/rdata_special.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

/// RFC 1035 section 3.3.10: anything at all, so only the generic form can write it.
bool parse_null(RdataWords& words) {
  return words.expected("\\#");
}

bool valid_null(Bytes) {
  return true;
}

constexpr unsigned kMaxNxtType = 127;  // RFC 2535 section 5.2
constexpr std::size_t kMaxNxtOctets = 16;

/// RFC 2535 section 5.2: a bit for each type, without windows.
bool parse_nxt(RdataWords& words) {
  std::array<std::uint8_t, kMaxNxtOctets> bits{};
  std::size_t used = 0;
  while (!words.at_end()) {
    const std::optional<Type> type = parse_type(words.word());
    const unsigned value = type ? static_cast<unsigned>(*type) : 0;
    if (value == 0 || value > kMaxNxtType) return words.expected("a record type from 1 to 127");
    bits[value / 8] |= static_cast<std::uint8_t>(0x80 >> value % 8);
    used = std::max<std::size_t>(used, value / 8 + 1);
    words.done();
  }
  words.put(Bytes(bits).first(used));
  return true;
}

bool valid_nxt(Bytes rest) {
  if (rest.empty()) return true;
  return rest.size() <= kMaxNxtOctets && (rest.front() & 0x80) == 0 && rest.back() != 0;
}

std::string print_nxt(Bytes rest) {
  std::string text;
  for (unsigned value = 1; value < rest.size() * 8; ++value) {
    if ((rest[value / 8] & 0x80 >> value % 8) == 0) continue;
    if (!text.empty()) text += ' ';
    text += type_name(static_cast<Type>(value));
  }
  return text;
}

constexpr unsigned kAddressBits = 128;

/// The size in octets of the address suffix after a prefix of that many bits.
std::size_t suffix_size(unsigned prefix_bits) {
  return (kAddressBits - prefix_bits + 7) / 8;
}

/// RFC 2874 section 3.1.1: the bits of the first octet that belong to the prefix are zero.
std::uint8_t pad_mask(unsigned prefix_bits) {
  return static_cast<std::uint8_t>(0xff >> prefix_bits % 8);
}

/// The length of the prefix, the suffix (unless the length is 128), and the prefix's name (unless
/// the length is 0).
bool parse_a6(RdataWords& words) {
  constexpr std::string_view kWhat = "the length of a prefix from 0 to 128";
  const auto bits = words.at_end() ? std::nullopt : parse_number<std::uint8_t>(words.word());
  if (!bits || *bits > kAddressBits) return words.expected(kWhat);
  words.put(*bits, 1);
  words.done();
  if (*bits < kAddressBits) {
    std::array<std::uint8_t, 16> address;
    if (words.at_end() || !parse_ipv6(words.word(), address)) {
      return words.expected("an IPv6 address");
    }
    const MutableBytes suffix = MutableBytes(address).last(suffix_size(*bits));
    suffix.front() &= pad_mask(*bits);
    words.put(suffix);
    words.done();
  }
  return *bits == 0 || words.name();
}

bool valid_a6(Bytes rest) {
  if (rest.empty() || rest[0] > kAddressBits) return false;
  const unsigned bits = rest[0];
  const std::size_t size = suffix_size(bits);
  if (rest.size() < 1 + size) return false;
  if (size > 0 && (rest[1] & ~pad_mask(bits)) != 0) return false;
  const Bytes name = rest.subspan(1 + size);
  if (bits == 0) return name.empty();
  return field_size(Field::plain_name, name) == name.size();
}

std::string print_a6(Bytes rest) {
  const std::size_t size = suffix_size(rest[0]);
  std::string text = std::to_string(rest[0]);
  if (size > 0) {
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(rest.subspan(1, size), address.end() - static_cast<std::ptrdiff_t>(size));
    text += " " + IpAddress::from_octets(address)->to_string();
  }
  if (rest[0] != 0) text += " " + Name::from_wire(rest.subspan(1 + size))->to_text();
  return text;
}

}  // namespace

const SpecialGrammar kNullGrammar{parse_null, valid_null, generic_text};
const SpecialGrammar kNxtGrammar{parse_nxt, valid_nxt, print_nxt};
const SpecialGrammar kA6Grammar{parse_a6, valid_a6, print_a6};

}  // namespace rollcall::dns
