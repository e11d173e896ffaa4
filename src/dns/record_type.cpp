/// The descriptor table: the fields of every type's RDATA. No other part of the program knows them,
/// except for the content of a `special` field (rdata_special.hpp).
#include "dns/record_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/nearest.hpp"
#include "core/number.hpp"

namespace rollcall::dns {
namespace {

using enum Field;

template <Field... Fields>
constexpr std::array<Field, sizeof...(Fields)> kFields{Fields...};

template <Field... Fields>
constexpr TypeDescriptor row(std::uint16_t type, std::string_view mnemonic) {
  return {static_cast<Type>(type), mnemonic, kFields<Fields...>};
}

constexpr std::array kTable{
    row<ipv4>(1, "A"),
    row<compressible_name>(2, "NS"),
    row<compressible_name>(3, "MD"),
    row<compressible_name>(4, "MF"),
    row<compressible_name>(5, "CNAME"),
    row<compressible_name, compressible_name, u32, ttl, ttl, ttl, ttl>(6, "SOA"),
    row<compressible_name>(7, "MB"),
    row<compressible_name>(8, "MG"),
    row<compressible_name>(9, "MR"),
    row<special>(10, "NULL"),
    row<ipv4, special>(11, "WKS"),
    row<compressible_name>(12, "PTR"),
    row<character_string, character_string>(13, "HINFO"),
    row<compressible_name, compressible_name>(14, "MINFO"),
    row<u16, compressible_name>(15, "MX"),
    row<character_strings>(16, "TXT"),
    row<plain_name, plain_name>(17, "RP"),
    row<u16, plain_name>(18, "AFSDB"),
    row<character_string>(19, "X25"),
    row<character_string, optional_character_string>(20, "ISDN"),
    row<u16, plain_name>(21, "RT"),
    row<hex_word>(22, "NSAP"),
    row<plain_name>(23, "NSAP-PTR"),
    row<type_code, algorithm, u8, ttl, timestamp, timestamp, u16, plain_name, base64>(24, "SIG"),
    row<u16, u8, algorithm, base64>(25, "KEY"),
    row<u16, plain_name, plain_name>(26, "PX"),
    row<character_string, character_string, character_string>(27, "GPOS"),
    row<ipv6>(28, "AAAA"),
    row<special>(29, "LOC"),
    row<plain_name, special>(30, "NXT"),
    row<hex>(31, "EID"),
    row<hex>(32, "NIMLOC"),
    row<u16, u16, u16, plain_name>(33, "SRV"),
    row<u16, u16, character_string, character_string, character_string, plain_name>(35, "NAPTR"),
    row<u16, plain_name>(36, "KX"),
    row<cert_type, u16, algorithm, base64>(37, "CERT"),
    row<special>(38, "A6"),
    row<plain_name>(39, "DNAME"),
    row<special>(42, "APL"),
    row<u16, algorithm, u8, hex>(43, "DS"),
    row<u8, u8, hex>(44, "SSHFP"),
    row<u8, special>(45, "IPSECKEY"),
    row<type_code, algorithm, u8, ttl, timestamp, timestamp, u16, plain_name, base64>(46, "RRSIG"),
    row<plain_name, type_bitmap>(47, "NSEC"),
    row<u16, u8, algorithm, base64>(48, "DNSKEY"),
    row<base64>(49, "DHCID"),
    row<u8, u8, u16, hex_with_length, base32_with_length, type_bitmap>(50, "NSEC3"),
    row<u8, u8, u16, hex_with_length>(51, "NSEC3PARAM"),
    row<u8, u8, u8, hex>(52, "TLSA"),
    row<u8, u8, u8, hex>(53, "SMIMEA"),
    row<special>(55, "HIP"),
    row<character_strings>(56, "NINFO"),
    row<u16, u8, algorithm, base64>(57, "RKEY"),
    row<plain_name, plain_name>(58, "TALINK"),
    row<u16, algorithm, u8, hex>(59, "CDS"),
    row<u16, u8, algorithm, base64>(60, "CDNSKEY"),
    row<base64>(61, "OPENPGPKEY"),
    row<u32, u16, type_bitmap>(62, "CSYNC"),
    row<u32, u8, u8, hex>(63, "ZONEMD"),
    row<u16, plain_name, special>(64, "SVCB"),
    row<u16, plain_name, special>(65, "HTTPS"),
    row<type_code, notify_scheme, u16, plain_name>(66, "DSYNC"),
    row<base64>(67, "HHIT"),
    row<base64>(68, "BRID"),
    row<character_strings>(99, "SPF"),
    row<u16, locator64>(104, "NID"),
    row<u16, ipv4>(105, "L32"),
    row<u16, locator64>(106, "L64"),
    row<u16, plain_name>(107, "LP"),
    row<eui48>(108, "EUI48"),
    row<eui64>(109, "EUI64"),
    row<u16, u16, rest_as_text>(256, "URI"),
    row<u8, tag, rest_as_text>(257, "CAA"),
    row<character_strings>(258, "AVC"),
    row<u8, special>(260, "AMTRELAY"),
    row<character_strings>(261, "RESINFO"),
    row<character_strings>(262, "WALLET"),
    row<u16, algorithm, u8, hex>(32768, "TA"),
    row<u16, algorithm, u8, hex>(32769, "DLV"),
};

struct MetaType {
  std::uint16_t type;
  std::string_view mnemonic;
};
constexpr std::array<MetaType, 8> kMeta{{{41, "OPT"},
                                         {249, "TKEY"},
                                         {250, "TSIG"},
                                         {251, "IXFR"},
                                         {252, "AXFR"},
                                         {253, "MAILB"},
                                         {254, "MAILA"},
                                         {255, "ANY"}}};

/// Row of kTable + 1 for the types below 256, which are nearly all that are queried.
constexpr std::array<std::uint8_t, 256> kRowOfType = [] {
  std::array<std::uint8_t, 256> rows{};
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const auto type = static_cast<std::size_t>(kTable[i].type);
    if (type < rows.size()) rows[type] = static_cast<std::uint8_t>(i + 1);
  }
  return rows;
}();

constexpr std::uint8_t upper_octet(char c) {
  return static_cast<std::uint8_t>(c >= 'a' && c <= 'z' ? c - 32 : c);
}

constexpr std::size_t kSlots = 256;  // a power of two, nearly three times the mnemonics

/// From three letters and the size: a multiplication for each letter would take longest of all.
constexpr std::size_t slot_of(std::string_view mnemonic) {
  if (mnemonic.empty()) return 0;
  const std::size_t size = mnemonic.size();
  const std::size_t letters = upper_octet(mnemonic[0]) + 33U * upper_octet(mnemonic[size / 2]) +
                              9U * upper_octet(mnemonic[size - 1]) + 101U * size;
  return letters % kSlots;
}

/// A row of kTable + 1, or a row of kMeta + 1 + the rows of kTable; 0: free.
constexpr std::array<std::uint8_t, kSlots> kRowOfMnemonic = [] {
  std::array<std::uint8_t, kSlots> slots{};
  const auto put = [&slots](std::string_view mnemonic, std::size_t row) {
    std::size_t slot = slot_of(mnemonic);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint8_t>(row + 1);
  };
  for (std::size_t i = 0; i < kTable.size(); ++i) put(kTable[i].mnemonic, i);
  for (std::size_t i = 0; i < kMeta.size(); ++i) put(kMeta[i].mnemonic, kTable.size() + i);
  return slots;
}();

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (upper_octet(a[i]) != upper_octet(b[i])) return false;
  }
  return true;
}

/// "TYPE65280" after its prefix (RFC 3597 section 5): digits, nothing else.
std::optional<std::uint16_t> parse_generic(std::string_view text, std::string_view prefix) {
  if (text.size() <= prefix.size() || !same_letters(text.substr(0, prefix.size()), prefix)) {
    return std::nullopt;
  }
  return parse_number<std::uint16_t>(text.substr(prefix.size()));
}

}  // namespace

const TypeDescriptor* descriptor(Type type) noexcept {
  const auto value = static_cast<std::size_t>(type);
  if (value < kRowOfType.size()) {
    return kRowOfType[value] == 0 ? nullptr : &kTable[kRowOfType[value] - 1U];
  }
  const auto* row = std::ranges::find(kTable, type, &TypeDescriptor::type);
  return row == kTable.end() ? nullptr : row;
}

std::string type_name(Type type) {
  if (const TypeDescriptor* row = descriptor(type)) return std::string(row->mnemonic);
  const auto value = static_cast<std::uint16_t>(type);
  const auto* meta = std::ranges::find(kMeta, value, &MetaType::type);
  return meta == kMeta.end() ? fmt::format("TYPE{}", value) : std::string(meta->mnemonic);
}

std::optional<Type> parse_type(std::string_view text) {
  for (std::size_t slot = slot_of(text); kRowOfMnemonic[slot] != 0; slot = (slot + 1) % kSlots) {
    const std::size_t row = kRowOfMnemonic[slot] - 1U;
    if (row < kTable.size()) {
      if (same_letters(kTable[row].mnemonic, text)) return kTable[row].type;
    } else if (same_letters(kMeta[row - kTable.size()].mnemonic, text)) {
      return static_cast<Type>(kMeta[row - kTable.size()].type);
    }
  }
  const std::optional<std::uint16_t> value = parse_generic(text, "TYPE");
  return value ? std::optional(static_cast<Type>(*value)) : std::nullopt;
}

std::optional<std::string_view> nearest_type(std::string_view text) {
  // Every letter is near "A", and a word that begins with a digit was meant as a TTL.
  if (text.size() < 2 || (text[0] >= '0' && text[0] <= '9')) return std::nullopt;
  std::vector<std::string_view> known;
  known.reserve(std::size(kTable));
  for (const TypeDescriptor& row : kTable) known.push_back(row.mnemonic);
  return nearest_word(text, known);
}

std::optional<Class> parse_class(std::string_view text) {
  if (text.size() == 2) {
    switch (upper_octet(text[0]) << 8 | upper_octet(text[1])) {
      case 'I' << 8 | 'N':
        return Class::IN;
      case 'C' << 8 | 'H':
        return Class::CH;
      case 'H' << 8 | 'S':
        return Class::HS;
      default:
        return std::nullopt;
    }
  }
  const std::optional<std::uint16_t> value = parse_generic(text, "CLASS");
  return value ? std::optional(static_cast<Class>(*value)) : std::nullopt;
}

std::string class_name(Class value) {
  switch (value) {
    case Class::IN:
      return "IN";
    case Class::CH:
      return "CH";
    case Class::HS:
      return "HS";
    case Class::NONE:
      return "NONE";
    case Class::ANY:
      return "ANY";
  }
  return fmt::format("CLASS{}", static_cast<unsigned>(value));
}

bool is_meta(Type type) noexcept {
  const auto value = static_cast<unsigned>(type);
  return value == 0 || type == Type::OPT || (value >= 128 && value <= 255);
}

}  // namespace rollcall::dns
