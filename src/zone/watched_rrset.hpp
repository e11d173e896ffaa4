/// RRsets that have a live mask, as the builder found them in a zone.
#pragma once

#include <optional>
#include <vector>

#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::zone {

/// One record of a watched RRset.
struct WatchedRecord {
  std::optional<IpAddress> address;   // of A and AAAA
  std::optional<dns::Name> target;    // of MX, SRV, NS, ...: the pool in this zone that it follows
  std::optional<dns::Name> exchange;  // of MX records that are a pool themselves

  /// True for a pool's own records, false for a follower's.
  bool is_member() const noexcept { return address || exchange; }
};

struct WatchedRrset {
  WatchId id;
  dns::Name owner;
  dns::Type type;
  std::uint32_t ttl = 0;               // seconds
  std::vector<WatchedRecord> records;  // record i is bit i of the mask; at most 64
};

}  // namespace rollcall::zone
