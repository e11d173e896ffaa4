#include "setup/zone_pools.hpp"

namespace rollcall::setup {

ZonePools::ZonePools(const config::Options& options) {
  zones_.reserve(options.zones.size());
  for (const zone::ZoneSpec& zone : options.zones) zones_.insert(&zone);
  for (const pool::PoolSpec& pool : options.pools) {
    if (const zone::ZoneSpec* zone = zone_of(pool.name)) pools_[zone].push_back(&pool);
  }
}

const zone::ZoneSpec* ZonePools::zone_of(const dns::Name& name) const {
  for (dns::Name at = name;; at = at.parent()) {
    const auto found = zones_.find(at);
    if (found != zones_.end()) return *found;
    if (at.is_root()) return nullptr;  // the root's parent is the root
  }
}

const ZonePools::Pools& ZonePools::of(const dns::Name& origin) const {
  static const Pools kNone;
  const auto zone = zones_.find(origin);
  if (zone == zones_.end()) return kNone;
  const auto found = pools_.find(*zone);
  return found == pools_.end() ? kNone : found->second;
}

std::vector<dns::Name> ZonePools::names(const dns::Name& origin, pool::PoolRecords records) const {
  std::vector<dns::Name> names;
  for (const pool::PoolSpec* pool : of(origin)) {
    if (pool->records == records) names.push_back(pool->name);
  }
  return names;
}

void assign_pools(config::Options& options) {
  const ZonePools pools(options);
  for (zone::ZoneSpec& zone : options.zones) {
    zone.pools = pools.names(zone.origin);
    zone.mx_pools = pools.names(zone.origin, pool::PoolRecords::mx);
  }
}

}  // namespace rollcall::setup
