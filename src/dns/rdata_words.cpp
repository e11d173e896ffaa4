#include "dns/rdata_words.hpp"

#include <array>
#include <cstring>

#include "dns/encoding.hpp"

namespace rollcall::dns {

/// Written out, because inet_pton() needs a copy of the text, and A is half of all records.
bool parse_ipv4(std::string_view text, std::span<std::uint8_t, 4> address) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0 && (at == text.size() || text[at++] != '.')) return false;
    unsigned value = 0;
    const std::size_t start = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at < start + 3; ++at) {
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    }
    const bool leading_zero = at > start + 1 && text[start] == '0';
    if (at == start || leading_zero || value > 255) return false;
    address[i] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

/// Written out as parse_ipv4() is: AAAA is the other half. RFC 4291 section 2.2.
bool parse_ipv6(std::string_view text, std::span<std::uint8_t, 16> address) {
  constexpr std::size_t kNoGap = 17;
  std::size_t gap = kNoGap;  // octets before the "::"
  std::size_t size = 0;      // octets read
  std::size_t at = 0;
  if (text.starts_with("::")) at = 2, gap = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    unsigned group = 0;
    for (int digit; at < text.size() && (digit = hex_value(text[at])) >= 0; ++at) {
      group = group << 4 | static_cast<unsigned>(digit);
    }
    if (at < text.size() && text[at] == '.' && size <= 12) {
      if (!parse_ipv4(text.substr(start), address.subspan(size).first<4>())) return false;
      size += 4;
      break;
    }
    if (at == start || at > start + 4 || size == address.size()) return false;
    store_u16(address.data() + size, static_cast<std::uint16_t>(group));
    size += 2;
    if (at == text.size()) break;
    if (text[at++] != ':' || at == text.size()) return false;
    if (text[at] == ':') {
      if (gap != kNoGap) return false;
      gap = size;
      ++at;
    }
  }
  if (gap == kNoGap || size == address.size()) return gap == kNoGap && size == address.size();
  const std::size_t tail = size - gap;
  std::memmove(address.data() + 16 - tail, address.data() + gap, tail);
  std::memset(address.data() + gap, 0, 16 - size);
  return true;
}

bool RdataWords::name() {
  if (at_end()) return expected("a domain name");
  std::array<std::uint8_t, kMaxNameSize> wire;
  const Result<std::size_t> size = parse_name(word(), origin_, wire);
  if (!size) return wrong(size.error().message);
  put(Bytes(wire).first(*size));
  return done();
}

bool RdataWords::address_v4() {
  std::array<std::uint8_t, 4> address;
  if (at_end() || !parse_ipv4(word(), address)) return expected("an IPv4 address");
  put(address);
  return done();
}

bool RdataWords::address_v6() {
  std::array<std::uint8_t, 16> address;
  if (at_end() || !parse_ipv6(word(), address)) return expected("an IPv6 address");
  put(address);
  return done();
}

/// Digits may be broken into words anywhere (RFC 4034 section 2.2).
bool RdataWords::rest_in(Decode decode, std::string_view what) {
  if (at_end()) return expected(what);
  std::string digits;
  for (const Word& part : words_.subspan(next_)) digits += part.text;
  if (digits.empty() || !decode(digits, out_)) return expected(what);
  next_ = words_.size();
  return true;
}

}  // namespace rollcall::dns
