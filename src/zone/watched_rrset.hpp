/// RRsets that have a live mask, as the builder found them in a zone.
#pragma once

#include <optional>
#include <vector>

#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/rdata_walk.hpp"
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

/// True for the types whose records may follow the pool that they point to.
constexpr bool may_follow(dns::Type type) noexcept {
  return type == dns::Type::MX || type == dns::Type::SRV || type == dns::Type::NS ||
         type == dns::Type::SVCB || type == dns::Type::HTTPS;
}

/// The name that a record of such a type points to. RFC 9460 section 2.5.2: the target "." of a
/// SVCB or HTTPS record in ServiceMode is its owner.
/// @param owner uncompressed
inline dns::Name followed_target(dns::Type type, Bytes rdata, Bytes owner) {
  const bool service = type == dns::Type::SVCB || type == dns::Type::HTTPS;
  const Bytes target = dns::target_of(type, rdata);
  const bool is_owner = service && target.size() == 1 && load_u16(rdata.data()) != 0;
  return *dns::Name::from_wire(is_owner ? owner : target);
}

}  // namespace rollcall::zone
