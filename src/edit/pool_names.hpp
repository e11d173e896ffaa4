/// The names in a zone whose records are watched.
#pragma once

#include <unordered_set>

#include "dns/name.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::edit {

/// Made once for a configured zone, and asked at each edit.
class PoolNames {
 public:
  explicit PoolNames(const zone::ZoneSpec& spec) {
    for (const dns::Name& pool : spec.pools) names_.insert(pool.lowered());
    for (const dns::Name& pool : spec.mx_pools) names_.insert(pool.lowered());
  }

  bool none() const noexcept { return names_.empty(); }
  bool has(const dns::Name& name) const { return names_.contains(name); }
  /// True where "*." in front of the name is a pool.
  bool has_wildcard_below(const dns::Name& name) const {
    const auto wildcard = name.child(as_bytes("*"));
    return wildcard && has(*wildcard);
  }

 private:
  std::unordered_set<dns::Name> names_;
};

}  // namespace rollcall::edit
