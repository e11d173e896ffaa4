/// What changes in a zone's content, wherever it comes from: a file, a transfer, an update.
#pragma once

#include <cstdint>
#include <vector>

#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::edit {

struct EditRecord {
  dns::Name owner;
  dns::Type type{};
  std::uint32_t ttl = 0;            // seconds
  std::vector<std::uint8_t> rdata;  // valid, its names uncompressed

  bool operator==(const EditRecord&) const = default;
};

/// Records leave before others come. The TTL of a record that leaves does not matter; that of one
/// that comes becomes the TTL of its whole RRset (RFC 2181 section 5.2).
struct ZoneEdit {
  std::vector<EditRecord> remove;
  std::vector<EditRecord> add;

  bool empty() const noexcept { return remove.empty() && add.empty(); }
};

}  // namespace rollcall::edit
