/// Which of the configured pools belong to which of the configured zones.
#pragma once

#include <unordered_map>
#include <vector>

#include "config/options.hpp"
#include "dns/name.hpp"

namespace rollcall::app {

/// Made once for a configuration, in time that grows with its zones and pools, not with their
/// product. Immutable: any thread may read it.
class ZonePools {
 public:
  using Pools = std::vector<const pool::PoolSpec*>;

  /// @param options must outlive it
  explicit ZonePools(const config::Options& options);

  /// The most specific zone that contains `name`; null: none.
  const config::ZoneOptions* zone_of(const dns::Name& name) const;

  /// The pools that belong to this zone, and to no zone below it, in the configuration's order.
  const Pools& of(const dns::Name& origin) const;

  /// The names of the pools of this zone with these records.
  std::vector<dns::Name> names(const dns::Name& origin,
                               pool::PoolRecords records = pool::PoolRecords::addresses) const;

 private:
  struct Place {
    const config::ZoneOptions* zone = nullptr;
    Pools pools;
  };
  std::unordered_map<dns::Name, Place> places_;
};

}  // namespace rollcall::app
