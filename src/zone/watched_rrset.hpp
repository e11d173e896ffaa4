/// RRsets that have a live mask, as the builder found them in a zone.
#pragma once

#include <optional>
#include <vector>

#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::zone {

/// A pool, or a follower of pools, as the builder found it in the zone.
struct WatchedRecord {
  std::optional<IpAddress> address;   // of A and AAAA
  std::optional<dns::Name> target;    // of MX, SRV, NS, ...: the pool in this zone that it leads to
  std::optional<dns::Name> exchange;  // of the MX records that are a pool themselves

  /// Of a pool's own records, not of a follower's.
  bool is_member() const noexcept { return address || exchange; }
};

struct WatchedRrset {
  WatchId id;
  dns::Name owner;
  dns::Type type;
  std::vector<WatchedRecord> records;  // record i is bit i of the mask; 64 at the most
};

}  // namespace rollcall::zone
