/// The wire form of an RDATA, field by field.
#pragma once

#include <optional>

#include "core/bytes.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {

/// The octets that `field` takes at the start of `rest`; nothing where `rest` does not begin with a
/// valid field.
std::optional<std::size_t> field_size(Field field, Bytes rest);

constexpr bool is_name(Field field) noexcept {
  return field == Field::compressible_name || field == Field::plain_name;
}

/// True where an RDATA of this type holds a name that the descriptor table knows of.
bool has_names(Type type) noexcept;

/// Lower-cases the names in a valid uncompressed RDATA, for the comparison of two RDATAs.
void lower_names(Type type, MutableBytes rdata);

/// The name that a valid RDATA of NS, CNAME, PTR, DNAME, MX, SRV, SVCB or HTTPS points to; empty
/// for other types. In SVCB and HTTPS "." stands for the owner or for none (RFC 9460 section 2.5).
Bytes target_of(Type type, Bytes rdata);

}  // namespace rollcall::dns
