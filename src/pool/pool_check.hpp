/// Checks what the configuration says of pools against their zones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>

#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "pool/pool_spec.hpp"
#include "zone/zone.hpp"

namespace rollcall::pool {

/// With a longer TTL (in seconds), clients keep a dead address for longer than people wait.
inline constexpr std::uint32_t kLongPoolTtl = 60;

/// What pools are checked against.
struct Served {
  std::unordered_map<dns::Name, const zone::Zone*> zones;  // those that are loaded, by origin
  std::set<std::string> witnesses;                         // addresses
  std::function<std::optional<dns::Name>(const dns::Name&)> zone_of;  // origin; loaded or not
  // In the configuration:
  std::function<SourcePosition(const dns::Name& pool)> place_of;
  std::function<SourcePosition(const dns::Name& pool, const std::string& member)> member_place;
};

/// Called for each member that is probed. @param where the place of its pool in the configuration
using OnProbed =
    std::function<void(const PoolSpec& pool, const IpAddress& member, const SourcePosition& where)>;

/// Gives only warnings, because zone files change on their own: of members that their pool does not
/// have, with the nearest that it has; pools with nothing to probe or with a long TTL; exchanges
/// that cannot be probed; witnesses that are members.
/// @param pools those that belong to `zone`
Diagnostics check_pools(std::span<const PoolSpec* const> pools, const zone::Zone& zone,
                        const Served& served, const OnProbed& on_probed);

}  // namespace rollcall::pool
