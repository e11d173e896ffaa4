/// IPSECKEY (RFC 4025) and AMTRELAY (RFC 8777): records that point to an address or a name, as a
/// type code says. HIP (RFC 8005): a key and the names of its rendezvous servers.
#include "core/ip_address.hpp"
#include "dns/encoding.hpp"
#include "dns/rdata_special.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

/// RFC 4025 section 2.3 and RFC 8777 section 4.2.3 have the same four codes.
enum Gateway : std::uint8_t { kNone = 0, kIpv4 = 1, kIpv6 = 2, kName = 3 };

bool parse_gateway(RdataWords& words, unsigned kind) {
  switch (kind) {
    case kNone:
      if (words.at_end() || words.word() != ".") return words.expected("\".\" for no gateway");
      return words.done();
    case kIpv4:
      return words.address_v4();
    case kIpv6:
      return words.address_v6();
    default:
      return words.name();
  }
}

std::optional<std::size_t> gateway_size(unsigned kind, Bytes rest) {
  switch (kind) {
    case kNone:
      return 0;
    case kIpv4:
      return field_size(Field::ipv4, rest);
    case kIpv6:
      return field_size(Field::ipv6, rest);
    case kName:
      return field_size(Field::plain_name, rest);
    default:
      return std::nullopt;
  }
}

std::string print_gateway(unsigned kind, Bytes value) {
  if (kind == kNone) return ".";
  if (kind == kName) return Name::from_wire(value)->to_text();
  return IpAddress::from_octets(value)->to_string();
}

/// Reads a number below `limit`, without writing it.
std::optional<std::uint8_t> read_small(RdataWords& words, unsigned limit, std::string_view what) {
  const auto value = words.at_end() ? std::nullopt : parse_number<std::uint8_t>(words.word());
  if (!value || *value >= limit) {
    words.expected(what);
    return std::nullopt;
  }
  words.done();
  return value;
}

bool parse_ipseckey(RdataWords& words) {
  const auto kind = read_small(words, 4, "a gateway type from 0 to 3");
  if (!kind) return false;
  words.put(*kind, 1);
  if (!words.number<std::uint8_t>("an algorithm from 0 to 255")) return false;
  const bool has_key = words.out().back() != 0;  // RFC 4025 section 2.4
  if (!parse_gateway(words, *kind)) return false;
  return words.at_end() && !has_key ? true : words.rest_in(from_base64, "base64");
}

bool valid_ipseckey(Bytes rest) {
  if (rest.size() < 2) return false;
  const auto size = gateway_size(rest[0], rest.subspan(2));
  return size && (rest[1] == 0 || rest.size() > 2 + *size);  // RFC 4025 section 2.4
}

std::string print_ipseckey(Bytes rest) {
  const Bytes behind = rest.subspan(2);
  const std::size_t size = *gateway_size(rest[0], behind);
  std::string text =
      fmt::format("{} {} {}", rest[0], rest[1], print_gateway(rest[0], behind.first(size)));
  if (behind.size() > size) text += " " + to_base64(behind.subspan(size));
  return text;
}

bool parse_amtrelay(RdataWords& words) {
  const auto discovery = read_small(words, 2, "0 or 1 for optional discovery");
  if (!discovery) return false;
  const auto kind = read_small(words, 4, "a relay type from 0 to 3");
  if (!kind) return false;
  words.put(static_cast<unsigned>(*discovery << 7 | *kind), 1);
  return parse_gateway(words, *kind);
}

bool valid_amtrelay(Bytes rest) {
  if (rest.empty()) return false;
  return gateway_size(rest[0] & 0x7fU, rest.subspan(1)) == rest.size() - 1;
}

std::string print_amtrelay(Bytes rest) {
  const unsigned kind = rest[0] & 0x7fU;
  return fmt::format("{} {} {}", rest[0] >> 7, kind, print_gateway(kind, rest.subspan(1)));
}

/// RFC 8005 section 6: the algorithm, the tag in hex, the key in base64 as one word, the servers.
bool parse_hip(RdataWords& words) {
  const std::size_t start = words.out().size();
  words.put(0, 1);  // the tag's size, known after the tag
  if (!words.number<std::uint8_t>("an algorithm from 0 to 255")) return false;
  words.put(0, 2);  // the key's size
  const std::size_t tag = words.out().size();
  if (words.at_end() || words.word().empty() || !from_hex(words.word(), words.out())) {
    return words.expected("hexadecimal digits");
  }
  const std::size_t key = words.out().size();
  if (key - tag > 255) return words.expected("at most 255 octets in hexadecimal digits");
  words.done();
  if (words.at_end() || words.word().empty() || !from_base64(words.word(), words.out())) {
    return words.expected("base64 in one word");
  }
  const std::size_t size = words.out().size() - key;
  if (size > kMaxRdataSize) return words.expected("a key of at most 65535 octets");
  words.done();
  words.out()[start] = static_cast<std::uint8_t>(key - tag);
  store_u16(words.out().data() + start + 2, static_cast<std::uint16_t>(size));
  while (!words.at_end()) {
    if (!words.name()) return false;
  }
  return true;
}

bool valid_hip(Bytes rest) {
  ByteReader reader(rest);
  const std::size_t tag = reader.u8();
  reader.skip(1);
  const std::size_t key = reader.u16();
  if (tag == 0 || key == 0 || !reader.skip(tag + key)) return false;
  for (rest = rest.subspan(reader.position()); !rest.empty();) {
    const auto size = field_size(Field::plain_name, rest);
    if (!size) return false;
    rest = rest.subspan(*size);
  }
  return true;
}

std::string print_hip(Bytes rest) {
  const std::size_t tag = rest[0];
  const std::size_t key = load_u16(rest.data() + 2);
  std::string text = fmt::format("{} {} {}", rest[1], to_hex(rest.subspan(4, tag)),
                                 to_base64(rest.subspan(4 + tag, key)));
  for (rest = rest.subspan(4 + tag + key); !rest.empty();) {
    const std::size_t size = *field_size(Field::plain_name, rest);
    text += " " + Name::from_wire(rest.first(size))->to_text();
    rest = rest.subspan(size);
  }
  return text;
}

}  // namespace

const SpecialGrammar kIpseckeyGrammar{parse_ipseckey, valid_ipseckey, print_ipseckey};
const SpecialGrammar kAmtrelayGrammar{parse_amtrelay, valid_amtrelay, print_amtrelay};
const SpecialGrammar kHipGrammar{parse_hip, valid_hip, print_hip};

}  // namespace rollcall::dns
