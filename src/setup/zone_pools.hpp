/// Which of the configured pools belong to which of the configured zones.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/options.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"

namespace rollcall::setup {

/// Made once for a configuration, in time that grows with its zones and pools, not with their
/// product. Immutable: any thread may read it.
class ZonePools {
 public:
  using Pools = std::vector<const pool::PoolSpec*>;

  /// @param options must outlive it
  explicit ZonePools(const config::Options& options);

  /// The most specific zone that contains `name`; null: none.
  const zone::ZoneSpec* zone_of(const dns::Name& name) const;

  /// The pools that belong to this zone, and to no zone below it, in the configuration's order.
  const Pools& of(const dns::Name& origin) const;

  /// The names of the pools of this zone with these records.
  std::vector<dns::Name> names(const dns::Name& origin,
                               pool::PoolRecords records = pool::PoolRecords::addresses) const;

 private:
  struct OriginHash : dns::NameHash {
    using dns::NameHash::operator();
    std::size_t operator()(const zone::ZoneSpec* zone) const noexcept {
      return (*this)(zone->origin);
    }
  };
  struct SameOrigin {
    using is_transparent = void;
    bool operator()(const zone::ZoneSpec* a, const zone::ZoneSpec* b) const noexcept {
      return a->origin == b->origin;
    }
    bool operator()(const zone::ZoneSpec* zone, const dns::Name& name) const noexcept {
      return zone->origin == name;
    }
    bool operator()(const dns::Name& name, const zone::ZoneSpec* zone) const noexcept {
      return zone->origin == name;
    }
  };

  std::unordered_set<const zone::ZoneSpec*, OriginHash, SameOrigin> zones_;
  std::unordered_map<const zone::ZoneSpec*, Pools> pools_;  // of zones that have some
};

/// Tells each zone its pools.
void assign_pools(config::Options& options);

}  // namespace rollcall::setup
