/// The roster's zones: which pools a version has, and the masks that follow from their health.
#include <fmt/format.h>

#include <algorithm>

#include "roster/policy.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

bool is_address(dns::Type type) {
  return type == dns::Type::A || type == dns::Type::AAAA;
}

/// The members of each pool of a zone version: the addresses of all RRsets at its name.
std::map<dns::Name, std::vector<IpAddress>, dns::CanonicalLess> pool_addresses(
    const zone::Zone& zone) {
  std::map<dns::Name, std::vector<IpAddress>, dns::CanonicalLess> pools;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    if (!is_address(rrset.type)) continue;
    std::vector<IpAddress>& addresses = pools[rrset.owner];
    for (const zone::WatchedRecord& record : rrset.records) addresses.push_back(*record.address);
  }
  return pools;
}

}  // namespace

std::uint32_t Roster::zone_index(const dns::Name& origin) {
  const auto [found, fresh] =
      zone_index_.emplace(origin, static_cast<std::uint32_t>(zones_.size()));
  if (!fresh) return found->second;
  auto zone = std::make_unique<ServedZone>();
  zone->origin = origin;
  const auto ceiling = saved_.serial_ceilings.find(origin);
  if (ceiling != saved_.serial_ceilings.end()) zone->serial = ServedSerial(ceiling->second);
  zones_.push_back(std::move(zone));
  return found->second;
}

void Roster::bind_pools(std::uint32_t zone_index) {
  ServedZone& zone = *zones_[zone_index];
  const std::vector<std::uint32_t> before = std::exchange(zone.pools, {});
  for (const auto& [name, addresses] : pool_addresses(*zone.zone)) {
    if (specs_.contains(name)) zone.pools.push_back(bind_pool(zone_index, name, addresses));
  }
  for (const std::uint32_t pool : before) {
    if (std::ranges::find(zone.pools, pool) == zone.pools.end()) forget_pool(pool);
  }
  zone.unknown_members = 0;
  for (const std::uint32_t pool : zone.pools) {
    for (const Member& member : pools_[pool]->members) {
      if (member.health == Health::unknown) ++zone.unknown_members;
    }
  }
}

std::optional<std::uint32_t> Roster::find_pool(std::uint32_t zone_index,
                                               const dns::Name& name) const {
  const auto found = pool_index_.find(name);
  if (found == pool_index_.end() || pools_[found->second]->zone != zone_index) return std::nullopt;
  return found->second;
}

/// Members that stay keep their health, unless what is checked has changed.
std::uint32_t Roster::bind_pool(std::uint32_t zone_index, const dns::Name& name,
                                const std::vector<IpAddress>& addresses) {
  // The zone that had the name until now keeps its pool until it is built anew.
  const std::optional<std::uint32_t> found = find_pool(zone_index, name);
  const bool fresh = !found;
  const std::uint32_t index = found.value_or(static_cast<std::uint32_t>(pools_.size()));
  if (fresh) pools_.push_back(std::make_unique<Pool>());
  pool_index_[name] = index;
  Pool& pool = *pools_[index];
  const bool same_checks = !fresh && pool.spec.checks == specs_.at(name).checks;
  pool.spec = specs_.at(name);
  pool.zone = zone_index;
  if (!same_checks) pool.checks.clear();
  for (std::size_t i = pool.checks.size(); i < pool.spec.checks.size(); ++i) {
    pool.checks.push_back(std::make_shared<const health::CheckSpec>(pool.spec.checks[i]));
  }

  std::vector<Member> before = std::exchange(pool.members, {});
  for (const IpAddress& address : addresses) {
    const auto old = std::ranges::find(before, address, &Member::address);
    if (same_checks && old != before.end()) {
      pool.members.push_back(std::move(*old));
      before.erase(old);
    } else {
      pool.members.push_back(Member{.address = address, .since = now_, .runs = {}});
    }
    const auto position = static_cast<std::uint32_t>(pool.members.size() - 1);
    Member& member = pool.members.back();
    const auto own = pool.spec.members.find(address);
    const bool own_service = own != pool.spec.members.end() && own->second.restart;
    member.service = own_service ? *own->second.restart : pool.spec.restart;
    for (const RunIndex run : member.runs) runs_[run].member = position;
    if (member.runs.empty()) add_runs(index, position);
  }
  for (const Member& gone : before) {
    for (const RunIndex run : gone.runs) free_run(run);
  }
  pool.all_down = !pool.has_healthy_member();
  return index;
}

void Roster::forget_pool(std::uint32_t index) {
  Pool& pool = *pools_[index];
  for (const Member& member : pool.members) {
    for (const RunIndex run : member.runs) free_run(run);
  }
  const auto newest = pool_index_.find(pool.spec.name);
  if (newest != pool_index_.end() && newest->second == index) pool_index_.erase(newest);
  pools_[index].reset();
}

void Roster::bind_watches(std::uint32_t zone_index) {
  ServedZone& zone = *zones_[zone_index];
  zone.watches.clear();
  for (const std::uint32_t pool : zone.pools) pools_[pool]->watches.clear();
  for (const zone::WatchedRrset& rrset : zone.zone->watched()) {
    const auto id = static_cast<std::uint32_t>(zone.watches.size());
    const Watch& watch = zone.watches.emplace_back(bind_watch(zone_index, rrset));
    if (!watch.members.empty()) pools_[watch.pool]->watches.push_back(id);
    for (const std::optional<std::uint32_t>& target : watch.targets) {
      if (!target) continue;
      std::vector<std::uint32_t>& dependent = pools_[*target]->watches;
      if (dependent.empty() || dependent.back() != id) dependent.push_back(id);
    }
  }
}

Watch Roster::bind_watch(std::uint32_t zone_index, const zone::WatchedRrset& rrset) const {
  Watch watch;
  if (is_address(rrset.type)) {
    const std::optional<std::uint32_t> pool = find_pool(zone_index, rrset.owner);
    if (!pool) {
      watch.targets.resize(rrset.records.size());  // the pool went with the last configuration
      return watch;
    }
    watch.pool = *pool;
    const std::vector<Member>& members = pools_[watch.pool]->members;
    for (const zone::WatchedRecord& record : rrset.records) {
      const auto member = std::ranges::find(members, *record.address, &Member::address);
      watch.members.push_back(static_cast<std::uint32_t>(member - members.begin()));
    }
    return watch;
  }
  for (const zone::WatchedRecord& record : rrset.records) {
    watch.targets.push_back(record.target ? find_pool(zone_index, *record.target) : std::nullopt);
  }
  return watch;
}

std::uint64_t Roster::evaluate(const Watch& watch) const {
  std::uint64_t mask = 0;
  if (!watch.members.empty()) {
    const Pool& pool = *pools_[watch.pool];
    for (std::size_t i = 0; i < watch.members.size(); ++i) {
      const bool healthy = pool.members[watch.members[i]].health != Health::down;
      mask |= std::uint64_t{healthy} << i;
    }
    return live_members(mask, watch.members.size(), pool.spec.when_all_down);
  }
  for (std::size_t i = 0; i < watch.targets.size(); ++i) {
    const bool present = !watch.targets[i] || pools_[*watch.targets[i]]->has_healthy_member();
    mask |= std::uint64_t{present} << i;
  }
  return live_followers(mask, watch.targets.size());
}

/// Stores what has changed of `watches`, under the next serial, and asks for a NOTIFY.
void Roster::store_masks(std::uint32_t index, const std::vector<std::uint32_t>& watches) {
  ServedZone& zone = *zones_[index];
  std::vector<zone::MaskChange> changes;
  for (const std::uint32_t id : watches) {
    const std::uint64_t mask = evaluate(zone.watches[id]);
    if (mask == zone.watches[id].mask) continue;
    zone.watches[id].mask = mask;
    changes.push_back({WatchId{id}, mask});
  }
  if (changes.empty()) return;
  if (zone.published) {
    zone.serial.advance();
    if (const auto ceiling = zone.serial.reserve()) emit(KeepSerial{zone.origin, *ceiling});
  }
  emit(StoreMasks{zone.zone, std::move(changes), zone.serial.current()});
  if (zone.published) ask_notify(index);
}

void Roster::publish(std::uint32_t index) {
  ServedZone& zone = *zones_[index];
  const bool first = !zone.published;
  zone.published = true;
  emit(PublishZone{zone.origin, zone.zone});
  emit(Happening{.kind = HappeningKind::zone_served,
                 .alert = false,
                 .subject = fmt::format("zone {}: {} serial {}, {} records",
                                        zone.origin.to_display(), first ? "served," : "reloaded,",
                                        zone.serial.current(), zone.zone->records()),
                 .detail = {},
                 .name = zone.origin,
                 .member = std::nullopt});
  ask_notify(index);
}

/// A NOTIFY now, or with others at the end of the pause after the last one.
void Roster::ask_notify(std::uint32_t index) {
  ServedZone& zone = *zones_[index];
  if (zone.notify_waiting) return;
  if (zone.notified && now_ < *zone.notified + kNotifyPause) {
    zone.notify_waiting = true;
    chores_.add(*zone.notified + kNotifyPause, {Chore::notify, index});
    return;
  }
  zone.notified = now_;
  emit(SendNotify{zone.origin, zone.serial.current()});
}

}  // namespace rollcall::roster
