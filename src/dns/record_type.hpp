/// Record types and classes, and the table of the fields of each type's RDATA.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::dns {

/// RR TYPE. Any 16-bit value may occur (RFC 3597); the named ones are those that the code uses.
enum class Type : std::uint16_t {
  A = 1,
  NS = 2,
  CNAME = 5,
  SOA = 6,
  PTR = 12,
  HINFO = 13,
  MX = 15,
  TXT = 16,
  SIG = 24,
  AAAA = 28,
  SRV = 33,
  DNAME = 39,
  OPT = 41,
  DS = 43,
  RRSIG = 46,
  NSEC = 47,
  DNSKEY = 48,
  NSEC3 = 50,
  SVCB = 64,
  HTTPS = 65,
  TSIG = 250,
  IXFR = 251,
  AXFR = 252,
  ANY = 255,
};

enum class Class : std::uint16_t { IN = 1, CH = 3, HS = 4, NONE = 254, ANY = 255 };

/// What one field of an RDATA is, on the wire and in a zone file.
enum class Field : std::uint8_t {
  compressible_name,  // RFC 3597 section 4: only the types of RFC 1035 may be compressed
  plain_name,
  u8,
  u16,
  u32,
  ttl,  // u32, written with TTL units in zone files
  ipv4,
  ipv6,
  character_string,           // one, RFC 1035 section 3.3
  character_strings,          // one or more, to the end
  tag,                        // a character string of letters and digits, without quotes (CAA)
  optional_character_string,  // one or none (ISDN)
  rest_as_text,               // the rest as one quoted string without a length octet (CAA, URI)
  type_code,                  // u16 written as a mnemonic
  type_bitmap,                // RFC 4034 section 4.1.2
  algorithm,
  cert_type,
  notify_scheme,  // u8, NOTIFY for 1 (DSYNC, RFC 9859)
  timestamp,      // u32 as YYYYMMDDHHmmSS, RFC 4034 section 3.2
  base64,
  hex,                 // the rest
  hex_with_length,     // an octet of length, then hex; "-" for none (NSEC3 salt)
  base32_with_length,  // an octet of length, then base32hex (NSEC3 next hashed owner)
  hex_word,            // the rest: 0x and hex in one token, dots allowed (NSAP, RFC 1706)
  eui48,
  eui64,
  locator64,  // fixed 6, 8, 8 octets
  special,    // the rest, by the type's own grammar (rdata_special.hpp)
};

struct TypeDescriptor {
  Type type;
  std::string_view mnemonic;
  std::span<const Field> fields;
};

/// The descriptor of a type; null for a type that is only known as TYPEnnn.
const TypeDescriptor* descriptor(Type type) noexcept;

/// "A", "TYPE65280" (RFC 3597 section 5).
std::string type_name(Type type);
/// Reads a mnemonic without case, or TYPEnnn.
std::optional<Type> parse_type(std::string_view text);
/// The mnemonic nearest to a word that parse_type() does not know; nothing where none is near.
std::optional<std::string_view> nearest_type(std::string_view text);
/// Reads "IN", "CH", "HS", "CLASSnnn" without case.
std::optional<Class> parse_class(std::string_view text);
/// False where parse_class() would find nothing: calling that for each word of a zone takes long.
constexpr bool may_be_class(std::string_view text) {
  return text.size() == 2 || (text.size() > 5 && (text[0] == 'C' || text[0] == 'c'));
}
std::string class_name(Class value);

/// OPT, TSIG and the query types, which must not be in a zone (RFC 6895 section 3.1).
bool is_meta(Type type) noexcept;

/// Signatures at one name cover several types and have their TTLs (RFC 4034 section 3): each record
/// of SIG and RRSIG has a TTL of its own.
constexpr bool has_own_ttls(Type type) noexcept {
  return type == Type::SIG || type == Type::RRSIG;
}

}  // namespace rollcall::dns
