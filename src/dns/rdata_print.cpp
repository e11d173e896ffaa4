/// Wire form to presentation format, and the check of a wire form.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/ip_address.hpp"
#include "dns/encoding.hpp"
#include "dns/rdata_mnemonics.hpp"
#include "dns/rdata_special.hpp"
#include "dns/rdata_text.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

using enum Field;

void append_quoted(std::string& out, Bytes text) {
  out += '"';
  for (const std::uint8_t octet : text) append_escaped(out, octet, "\"\\");
  out += '"';
}

void append_strings(std::string& out, Bytes rest) {
  for (std::size_t at = 0; at < rest.size(); at += rest[at] + 1U) {
    if (at > 0) out += ' ';
    append_quoted(out, rest.subspan(at + 1, rest[at]));
  }
}

void append_bitmap(std::string& out, Bytes rest) {
  std::string_view separator;
  for (std::size_t at = 0; at + 2 <= rest.size(); at += 2U + rest[at + 1]) {
    for (unsigned bit = 0; bit < rest[at + 1] * 8U; ++bit) {
      if ((rest[at + 2 + bit / 8] & 0x80 >> bit % 8) == 0) continue;
      out += separator;
      out += type_name(static_cast<Type>(rest[at] << 8 | bit));
      separator = " ";
    }
  }
}

void append_groups(std::string& out, Bytes octets, std::size_t group, char separator) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0 && i % group == 0) out += separator;
    fmt::format_to(std::back_inserter(out), "{:02x}", octets[i]);
  }
}

void append_field(std::string& out, Field field, Bytes value) {
  switch (field) {
    case compressible_name:
    case plain_name:
      out += Name::from_wire(value)->to_text();
      break;
    case u8:
    case algorithm:
      out += std::to_string(value[0]);
      break;
    case notify_scheme:
      out += format_notify_scheme(value[0]);
      break;
    case u16:
    case cert_type:
      out += std::to_string(load_u16(value.data()));
      break;
    case u32:
    case ttl:
      out += std::to_string(load_u32(value.data()));
      break;
    case ipv4:
    case ipv6:
      out += IpAddress::from_octets(value)->to_string();
      break;
    case type_code:
      out += type_name(static_cast<Type>(load_u16(value.data())));
      break;
    case timestamp:
      out += format_timestamp(load_u32(value.data()));
      break;
    case character_string:
    case optional_character_string:
    case character_strings:
      append_strings(out, value);
      break;
    case tag:
      out += as_text(value.subspan(1));
      break;
    case rest_as_text:
      append_quoted(out, value);
      break;
    case type_bitmap:
      append_bitmap(out, value);
      break;
    case base64:
      out += to_base64(value);
      break;
    case hex:
      out += to_hex(value);
      break;
    case hex_with_length:
      out += value.size() == 1 ? "-" : to_hex(value.subspan(1));
      break;
    case base32_with_length:
      out += to_base32hex(value.subspan(1));
      break;
    case hex_word:
      out += "0x" + to_hex(value);
      break;
    case eui48:
    case eui64:
      append_groups(out, value, 1, '-');
      break;
    case locator64:
      append_groups(out, value, 2, ':');
      break;
    case special:
      break;
  }
}

}  // namespace

std::string generic_text(Bytes rdata) {
  if (rdata.empty()) return "\\# 0";
  return fmt::format("\\# {} {}", rdata.size(), to_hex(rdata));
}

bool valid_rdata(Type type, Bytes rdata) {
  if (rdata.size() > kMaxRdataSize) return false;
  const TypeDescriptor* row = descriptor(type);
  if (row == nullptr) return true;
  for (const Field field : row->fields) {
    const std::optional<std::size_t> size = field_size(field, rdata);
    if (!size) return false;
    if (field == special && !special_grammar(type).valid(rdata)) return false;
    rdata = rdata.subspan(*size);
  }
  return rdata.empty();
}

std::string rdata_to_text(Type type, Bytes rdata) {
  const TypeDescriptor* row = descriptor(type);
  if (row == nullptr) return generic_text(rdata);
  std::string text;
  for (const Field field : row->fields) {
    const std::optional<std::size_t> size = field_size(field, rdata);
    if (!size) return text;  // not a valid RDATA: the part that is readable
    if (field == special) {
      if (!special_grammar(type).valid(rdata)) return text;
      if (!text.empty() && *size > 0) text += ' ';
      text += special_grammar(type).print(rdata);
    } else if (*size > 0) {
      if (!text.empty()) text += ' ';
      append_field(text, field, rdata.first(*size));
    } else if (field == rest_as_text) {
      text += " \"\"";
    }
    rdata = rdata.subspan(*size);
  }
  return text;
}

std::optional<std::uint32_t> parse_ttl(std::string_view text) {
  std::uint64_t total = 0;
  std::uint64_t value = 0;
  bool digits = false;
  bool units = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      value = value * 10 + static_cast<unsigned>(c - '0');
      if (value > 0xffffffffU) return std::nullopt;
      digits = true;
      continue;
    }
    if (!digits) return std::nullopt;
    switch (static_cast<char>(c | 0x20)) {
      case 's':
        break;
      case 'm':
        value *= 60;
        break;
      case 'h':
        value *= 3600;
        break;
      case 'd':
        value *= 86400;
        break;
      case 'w':
        value *= 604800;
        break;
      default:
        return std::nullopt;
    }
    total += value;
    value = 0;
    digits = false;
    units = true;
    if (total > 0xffffffffU) return std::nullopt;
  }
  if (digits == units) return std::nullopt;  // empty, or a number after the last unit
  total += value;
  return static_cast<std::uint32_t>(total);
}

}  // namespace rollcall::dns
