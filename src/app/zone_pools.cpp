#include "app/zone_pools.hpp"

namespace rollcall::app {

ZonePools::ZonePools(const config::Options& options) {
  for (const config::ZoneOptions& zone : options.zones) places_[zone.origin].zone = &zone;
  for (const pool::PoolSpec& pool : options.pools) {
    if (const config::ZoneOptions* zone = zone_of(pool.name)) {
      places_[zone->origin].pools.push_back(&pool);
    }
  }
}

const config::ZoneOptions* ZonePools::zone_of(const dns::Name& name) const {
  for (dns::Name at = name;; at = at.parent()) {
    const auto found = places_.find(at);
    if (found != places_.end()) return found->second.zone;
    if (at.is_root()) return nullptr;  // the root's parent is the root
  }
}

const ZonePools::Pools& ZonePools::of(const dns::Name& origin) const {
  static const Pools kNone;
  const auto found = places_.find(origin);
  return found == places_.end() ? kNone : found->second.pools;
}

std::vector<dns::Name> ZonePools::names(const dns::Name& origin, pool::PoolRecords records) const {
  std::vector<dns::Name> names;
  for (const pool::PoolSpec* pool : of(origin)) {
    if (pool->records == records) names.push_back(pool->name);
  }
  return names;
}

}  // namespace rollcall::app
