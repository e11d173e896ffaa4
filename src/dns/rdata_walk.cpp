#include "dns/rdata_walk.hpp"

#include <algorithm>

#include "dns/name.hpp"

namespace rollcall::dns {
namespace {

using enum Field;

std::optional<std::size_t> fixed(std::size_t size, Bytes rest) {
  return rest.size() >= size ? std::optional(size) : std::nullopt;
}

std::optional<std::size_t> name_size(Bytes rest) {
  std::size_t at = 0;
  while (at < rest.size() && at < kMaxNameSize) {
    const std::size_t length = rest[at];
    if (length > kMaxLabelSize) return std::nullopt;
    at += length + 1;
    if (length == 0) return at <= kMaxNameSize ? std::optional(at) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::size_t> counted(Bytes rest, std::size_t least) {
  if (rest.empty() || rest[0] < least || rest.size() < rest[0] + 1U) return std::nullopt;
  return rest[0] + 1U;
}

/// RFC 8659 section 4.1.
std::optional<std::size_t> tag_size(Bytes rest) {
  const std::optional<std::size_t> size = counted(rest, 1);
  if (!size) return std::nullopt;
  const bool good = std::ranges::all_of(rest.subspan(1, *size - 1), [](std::uint8_t c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
  });
  return good ? size : std::nullopt;
}

std::optional<std::size_t> strings_size(Bytes rest) {
  std::size_t at = 0;
  while (at < rest.size()) at += rest[at] + 1U;
  return at == rest.size() && at > 0 ? std::optional(at) : std::nullopt;
}

/// RFC 4034 section 4.1.2: windows in rising order, 1 to 32 octets each, none ends in zero.
std::optional<std::size_t> bitmap_size(Bytes rest) {
  int last_window = -1;
  std::size_t at = 0;
  while (at < rest.size()) {
    if (rest.size() - at < 2) return std::nullopt;
    const int window = rest[at];
    const std::size_t size = rest[at + 1];
    if (window <= last_window || size == 0 || size > 32) return std::nullopt;
    if (rest.size() - at - 2 < size || rest[at + 1 + size] == 0) return std::nullopt;
    last_window = window;
    at += 2 + size;
  }
  return at;
}

}  // namespace

std::optional<std::size_t> field_size(Field field, Bytes rest) {
  switch (field) {
    case compressible_name:
    case plain_name:
      return name_size(rest);
    case u8:
    case algorithm:
    case notify_scheme:
      return fixed(1, rest);
    case u16:
    case type_code:
    case cert_type:
      return fixed(2, rest);
    case u32:
    case ttl:
    case ipv4:
    case timestamp:
      return fixed(4, rest);
    case ipv6:
      return fixed(16, rest);
    case eui48:
      return fixed(6, rest);
    case eui64:
    case locator64:
      return fixed(8, rest);
    case character_string:
    case hex_with_length:
      return counted(rest, 0);
    case base32_with_length:
      return counted(rest, 1);
    case tag:
      return tag_size(rest);
    case optional_character_string:
      return rest.empty() ? std::optional<std::size_t>(0) : counted(rest, 0);
    case character_strings:
      return strings_size(rest);
    case type_bitmap:
      return bitmap_size(rest);
    case rest_as_text:
    case special:
      return rest.size();
    case base64:
    case hex:
    case hex_word:
      return rest.empty() ? std::nullopt : std::optional(rest.size());
  }
  return std::nullopt;
}

bool has_names(Type type) noexcept {
  const TypeDescriptor* row = descriptor(type);
  return row != nullptr && std::ranges::any_of(row->fields, is_name);
}

void lower_names(Type type, MutableBytes rdata) {
  if (!has_names(type)) return;
  std::size_t at = 0;
  for (const Field field : descriptor(type)->fields) {
    const std::optional<std::size_t> size = field_size(field, rdata.subspan(at));
    if (!size) return;
    if (is_name(field)) {
      for (std::uint8_t& octet : rdata.subspan(at, *size)) octet = lower(octet);
    }
    at += *size;
  }
}

Bytes target_of(Type type, Bytes rdata) {
  switch (type) {
    case Type::NS:
    case Type::CNAME:
    case Type::PTR:
    case Type::DNAME:
      return rdata;
    case Type::MX:
      return rdata.subspan(2);
    case Type::SRV:
      return rdata.subspan(6);
    case Type::SVCB:
    case Type::HTTPS:
      return rdata.subspan(2, *name_size(rdata.subspan(2)));
    default:
      return {};
  }
}

}  // namespace rollcall::dns
