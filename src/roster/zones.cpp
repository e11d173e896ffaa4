/// The roster's zones: their versions, and the masks that follow from their pools' health.
#include <fmt/format.h>

#include <algorithm>

#include "core/counted.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {

std::uint32_t Roster::zone_index(const dns::Name& origin) {
  const auto [found, fresh] =
      zone_index_.emplace(origin, static_cast<std::uint32_t>(zones_.size()));
  if (!fresh) return found->second;
  auto zone = std::make_unique<ServedZone>();
  zone->origin = origin;
  zone->policy = serial_policy_of(origin);
  const auto saved = saved_.serials.find(origin);
  if (saved != saved_.serials.end()) {
    zone->serial = ServedSerial(saved->second.ceiling);
    zone->sent = saved->second.content;
  }
  zones_.push_back(std::move(zone));
  return found->second;
}

/// Binds the version that is served again: the pools, or the addresses of exchanges, have changed.
void Roster::rebind(std::uint32_t index, const Specs& specs) {
  ServedZone& zone = *zones_[index];
  const std::vector<Watch> before = zone.watches;  // the same version: the same RRsets
  bind_pools(index, specs);
  bind_watches(index);
  for (std::uint32_t i = 0; i < zone.watches.size(); ++i) {
    zone.watches[i].mask = before[i].mask;
    zone.watches[i].shares = before[i].shares;
  }
  store_masks(index, zone.all_watches());
  publish_when_ready(index);
}

/// The exchanges of other zones' pools may have their addresses in the zone that was built. Those
/// zones keep their pools as they are: a new configuration takes hold with their own files.
void Roster::rebind_exchanges(std::uint32_t built) {
  const auto found = exchange_zones_.find(zones_[built]->origin);
  if (found == exchange_zones_.end()) return;
  const std::set<std::uint32_t> zones = found->second;  // to bind one again changes the index
  for (const std::uint32_t i : zones) {
    if (i == built) continue;
    Specs specs;
    for (const std::uint32_t pool : zones_[i]->pools) {
      specs.emplace(pools_[pool]->spec.name, pools_[pool]->spec);
    }
    rebind(i, specs);
  }
}

void Roster::bind_watches(std::uint32_t zone_index) {
  ServedZone& zone = *zones_[zone_index];
  zone.watches.clear();
  for (const std::uint32_t pool : zone.pools) pools_[pool]->watches.clear();
  for (const zone::WatchedRrset& rrset : zone.zone->watched()) {
    const auto id = static_cast<std::uint32_t>(zone.watches.size());
    const Watch& watch = zone.watches.emplace_back(bind_watch(zone_index, rrset));
    if (watch.pool) pools_[*watch.pool]->watches.push_back(id);
    for (const std::optional<std::uint32_t>& target : watch.targets) {
      if (!target) continue;
      std::vector<std::uint32_t>& dependent = pools_[*target]->watches;
      if (dependent.empty() || dependent.back() != id) dependent.push_back(id);
    }
  }
  for (const std::uint32_t pool : zone.pools) {
    tell_state(*pools_[pool], renew_state(pool));
  }
}

Watch Roster::bind_watch(std::uint32_t zone_index, const zone::WatchedRrset& rrset) {
  Watch watch;
  for (const zone::WatchedRecord& record : rrset.records) {
    watch.targets.push_back(record.target ? find_pool(zone_index, *record.target) : std::nullopt);
  }
  // Nothing where the pool went with the last configuration.
  if (rrset.records[0].is_member()) watch.pool = find_pool(zone_index, rrset.owner);
  if (!watch.pool) return watch;
  Pool& pool = *pools_[*watch.pool];
  for (std::uint32_t i = 0; i < rrset.records.size(); ++i) {
    const zone::WatchedRecord& record = rrset.records[i];
    const std::string exchange = record.exchange ? record.exchange->to_display() : std::string();
    for (std::uint32_t m = 0; m < pool.members.size(); ++m) {
      const Member& member = pool.members[m];
      if (record.address ? member.address != *record.address : member.exchange != exchange)
        continue;
      watch.seats.push_back({i, m});
    }
  }
  return watch;
}

Standing Roster::standing(const Watch& watch) const {
  const Pool& pool = *pools_[*watch.pool];
  std::uint64_t healthy = 0;
  std::uint64_t kept = 0;
  // A record has the highest tier of its members.
  std::uint64_t primary = 0;
  std::uint64_t backup = 0;
  std::uint64_t up = 0;
  for (const Seat& seat : watch.seats) {
    const Member& member = pool.members[seat.member];
    healthy |= std::uint64_t{member.counts_as_up()} << seat.record;
    up |= std::uint64_t{member.is_up()} << seat.record;
    kept |= std::uint64_t{member.override_kind() != OverrideKind::drained} << seat.record;
    primary |= std::uint64_t{member.tier == Tier::primary} << seat.record;
    backup |= std::uint64_t{member.tier == Tier::backup} << seat.record;
  }
  return {.count = watch.targets.size(),
          .healthy = healthy,
          .drained = ~kept,
          .backup = backup & ~primary,
          .fallback = ~(primary | backup),
          .spare = up & ~healthy,
          .idle = idle_records(watch)};
}

/// What the answers of its pool go by: in one that only observes, operators alone are heard.
Standing Roster::answered_standing(const Watch& watch) const {
  const Pool& pool = *pools_[*watch.pool];
  if (!pool.spec.observe_only) return standing(watch);
  std::uint64_t in = 0;
  for (const Seat& seat : watch.seats) {
    const bool up = counts_as_up(pool.members[seat.member].override_kind(), Health::up);
    in |= std::uint64_t{up} << seat.record;
  }
  return observed(standing(watch), ~in);
}

PoolPolicy Roster::answered_policy(const Watch& watch) const {
  const PoolSpec& spec = pools_[*watch.pool]->spec;
  return spec.observe_only ? PoolPolicy{.when_all_down = spec.when_all_down} : policy_of(spec);
}

bool Roster::is_all_down(std::uint32_t index) const {
  const Pool& pool = *pools_[index];
  return std::ranges::none_of(pool.watches, [&](std::uint32_t id) {
    const Watch& watch = zones_[pool.zone]->watches[id];
    return watch.pool == index && serving_members(standing(watch), pool.spec.min_healthy) != 0;
  });
}

bool Roster::is_on_backup(std::uint32_t index) const {
  const Pool& pool = *pools_[index];
  if (pool.spec.observe_only) return false;
  return std::ranges::any_of(pool.watches, [&](std::uint32_t id) {
    const Watch& watch = zones_[pool.zone]->watches[id];
    return watch.pool == index && serves_backup(standing(watch), pool.spec.min_healthy);
  });
}

/// What probes, policy and operators say of an RRset.
std::uint64_t Roster::decide(const Watch& watch) const {
  if (!watch.pool) return follow(watch, zone::WatchTable::all_of(watch.targets.size()));
  return follow(watch, live_members(standing(watch), policy_of(pools_[*watch.pool]->spec)));
}

/// What is answered.
std::uint64_t Roster::evaluate(const Watch& watch) const {
  if (normal_) return zone::WatchTable::all_of(watch.targets.size());
  if (!watch.pool || !pools_[*watch.pool]->spec.observe_only) return decide(watch);
  return live_members(answered_standing(watch), answered_policy(watch));
}

/// Leaves out of `live` whose target's pool is all down.
std::uint64_t Roster::follow(const Watch& watch, std::uint64_t live) const {
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < watch.targets.size(); ++i) {
    const Pool* target = watch.targets[i] ? pools_[*watch.targets[i]].get() : nullptr;
    const bool here = target == nullptr || !target->all_down || target->spec.observe_only;
    present |= std::uint64_t{here} << i;
  }
  return live_followers(live, present);
}

/// Stores what has changed of `watches`, under the next serial, and asks for a NOTIFY.
void Roster::store_masks(std::uint32_t index, const std::vector<std::uint32_t>& watches) {
  ServedZone& zone = *zones_[index];
  store_shares(index, watches);
  std::vector<zone::MaskChange> changes;
  for (const std::uint32_t id : watches) {
    const std::uint64_t mask = evaluate(zone.watches[id]);
    if (mask == zone.watches[id].mask) continue;
    zone.watches[id].mask = mask;
    changes.push_back({WatchId{id}, mask});
  }
  if (changes.empty()) return;
  if (send_content(zone, std::move(changes))) ask_notify(index);
}

/// The first time: when its members are known, and its serial is on disk or cannot get there.
void Roster::publish_when_ready(std::uint32_t index) {
  const ServedZone& zone = *zones_[index];
  if (zone.published || !zone.zone || zone.unknown_members != 0) return;
  const bool kept = is_as_sent(zone) || zone.serial.may_publish(next_serial(zone));
  if (kept || !unkept_.empty()) publish(index);
}

void Roster::publish(std::uint32_t index) {
  ServedZone& zone = *zones_[index];
  const bool first = !zone.published;
  zone.published = true;
  const bool sent = send_content(zone, {});
  emit(PublishZone{zone.origin, zone.zone});
  emit(Happening{.kind = HappeningKind::zone_served,
                 .alert = false,
                 .subject = fmt::format("zone {}: {} serial {}, {}", zone.origin.to_display(),
                                        first ? "served," : "reloaded,", shown_serial(zone),
                                        counted(zone.zone->records(), "record", "records")),
                 .detail = {},
                 .name = zone.origin,
                 .member = std::nullopt});
  if (sent) ask_notify(index);
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
  emit(SendNotify{zone.origin, shown_serial(zone)});
}

}  // namespace rollcall::roster
