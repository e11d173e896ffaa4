/// The roster's zones: which pools a version has, and the masks that follow from their health.
#include <fmt/format.h>

#include <algorithm>

#include "roster/roster.hpp"
#include "zone/addresses.hpp"

namespace rollcall::roster {
namespace {

/// What a member has of its own: its address's word, its exchange's, the pool's.
void apply_spec(const PoolSpec& spec, Member& member) {
  MemberSpec said{.restart = spec.restart, .tier = Tier::primary};
  const auto add = [&said](const MemberSpec& its) {
    if (its.restart) said.restart = its.restart;
    if (its.tier) said.tier = its.tier;
    if (its.weight) said.weight = its.weight;
  };
  for (const auto& [exchange, its] : spec.exchanges) {
    if (exchange.lowered().to_display() == member.exchange) add(its);
  }
  const auto own = spec.members.find(member.address);
  if (own != spec.members.end()) add(own->second);
  if (!spec.flap_damping) member.damped_until.reset();
  if (spec.failback == Duration::zero()) member.waits_until.reset();
  member.service = *said.restart;
  member.tier = *said.tier;
  member.weight = said.weight.value_or(1);
}

/// Where a member's probes go; port 0 stands for each check's own.
Endpoint probed_of(const PoolSpec& spec, const Member& member) {
  Endpoint probed{member.address, spec.port};
  for (const auto& [exchange, its] : spec.exchanges) {
    const bool same = its.port != 0 && exchange.lowered().to_display() == member.exchange;
    if (same) probed.port = its.port;
  }
  const auto own = spec.members.find(member.address);
  if (own == spec.members.end()) return probed;
  if (own->second.port != 0) probed.port = own->second.port;
  probed.address = own->second.probe_address.value_or(probed.address);
  return probed;
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
  if (!zone.published && zone.unknown_members == 0) publish(index);
}

/// The exchanges of other zones' pools may have their addresses in the zone that was built. Those
/// zones keep their pools as they are: a new configuration takes hold with their own files.
void Roster::rebind_exchanges(std::uint32_t built) {
  for (std::uint32_t i = 0; i < zones_.size(); ++i) {
    if (i == built || !zones_[i] || !zones_[i]->zone || !zones_[i]->has_mx_pools) continue;
    Specs specs;
    for (const std::uint32_t pool : zones_[i]->pools) {
      specs.emplace(pools_[pool]->spec.name, pools_[pool]->spec);
    }
    rebind(i, specs);
  }
}

/// The members of each pool of a zone version, as the zones say.
Roster::SeedsByPool Roster::seeds_of(const zone::Zone& zone) const {
  SeedsByPool pools;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    for (const zone::WatchedRecord& record : rrset.records) {
      if (!record.is_member()) break;  // a follower
      std::vector<Seed>& seeds = pools[rrset.owner];
      if (record.address) seeds.push_back({*record.address, {}});
      if (!record.exchange) continue;
      for (const IpAddress& address : addresses_of(*record.exchange)) {
        const Seed seed{address, record.exchange->to_display()};
        // One exchange may stand twice, under two preferences.
        if (std::ranges::find(seeds, seed) == seeds.end()) seeds.push_back(seed);
      }
    }
  }
  return pools;
}

/// What the most specific zone above `host` says; nothing where none is served.
std::vector<IpAddress> Roster::addresses_of(const dns::Name& host) const {
  for (dns::Name name = host;; name = name.parent()) {
    const auto found = zone_index_.find(name);
    if (found != zone_index_.end()) {
      const ZonePtr& zone = zones_[found->second]->zone;
      return zone ? zone::addresses_of(*zone, host) : std::vector<IpAddress>{};
    }
    if (name.is_root()) return {};
  }
}

void Roster::bind_pools(std::uint32_t zone_index, const Specs& specs) {
  ServedZone& zone = *zones_[zone_index];
  const std::vector<std::uint32_t> before = std::exchange(zone.pools, {});
  auto former = std::exchange(zone.pool_index, {});
  zone.has_mx_pools = false;
  for (const auto& [name, seeds] : seeds_of(*zone.zone)) {
    const auto spec = specs.find(name);
    if (spec == specs.end()) continue;
    zone.has_mx_pools |= spec->second.records == PoolRecords::mx;
    if (auto stays = former.extract(name)) zone.pool_index.insert(std::move(stays));
    zone.pools.push_back(bind_pool(zone_index, spec->second, seeds));
  }
  for (const std::uint32_t pool : before) {
    if (former.contains(pools_[pool]->spec.name)) forget_pool(pool);
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
  const auto& index = zones_[zone_index]->pool_index;
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional(found->second);
}

/// One where all is settled; more while a name moves from one zone to another.
std::vector<std::uint32_t> Roster::pools_named(const dns::Name& name) const {
  std::vector<std::uint32_t> found;
  for (dns::Name origin = name;; origin = origin.parent()) {
    const auto zone = zone_index_.find(origin);
    const auto pool = zone == zone_index_.end() ? std::nullopt : find_pool(zone->second, name);
    if (pool) found.push_back(*pool);
    if (origin.is_root()) return found;
  }
}

/// Members that stay keep their health, unless what is checked has changed.
std::uint32_t Roster::bind_pool(std::uint32_t zone_index, const PoolSpec& spec,
                                const std::vector<Seed>& seeds) {
  // Another zone that had the name until now keeps its pool until it is built anew.
  const std::optional<std::uint32_t> found = find_pool(zone_index, spec.name);
  const bool fresh = !found;
  const std::uint32_t index = found.value_or(static_cast<std::uint32_t>(pools_.size()));
  if (fresh) pools_.push_back(std::make_unique<Pool>());
  zones_[zone_index]->pool_index[spec.name] = index;
  Pool& pool = *pools_[index];
  const bool same_checks = !fresh && pool.spec.checks == spec.checks;
  pool.spec = spec;
  pool.zone = zone_index;
  if (!same_checks) pool.checks.clear();
  for (std::size_t i = pool.checks.size(); i < pool.spec.checks.size(); ++i) {
    pool.checks.push_back(std::make_shared<const health::CheckSpec>(pool.spec.checks[i]));
  }

  std::vector<Member> before = std::exchange(pool.members, {});
  for (const Seed& seed : seeds) {
    const auto old = std::ranges::find_if(before, [&](const Member& member) {
      return member.address == seed.address && member.exchange == seed.exchange;
    });
    // What an operator said of a member stays with it, though its checks may be new ones.
    OverridePtr given = old != before.end() ? std::exchange(old->override_set, nullptr) : nullptr;
    if (same_checks && old != before.end()) {
      pool.members.push_back(std::move(*old));
      before.erase(old);
    } else {
      pool.members.push_back(
          Member{.address = seed.address, .exchange = seed.exchange, .since = now_, .runs = {}});
      // Other checks are no reason to restart its service more often.
      if (old != before.end()) pool.members.back().restarts = old->restarts;
    }
    const auto position = static_cast<std::uint32_t>(pool.members.size() - 1);
    Member& member = pool.members.back();
    member.override_set = std::move(given);
    if (!member.override_set) take_over_override(index, member);
    apply_spec(pool.spec, member);
    const Endpoint probed = probed_of(pool.spec, member);
    const bool moved = std::exchange(member.probed, probed) != probed;
    for (const RunIndex run : member.runs) {
      runs_[run].member = position;
      if (moved) drop_wire(run);
    }
    if (member.runs.empty()) add_runs(index, position);
  }
  for (const Member& gone : before) {
    for (const RunIndex run : gone.runs) free_run(run);
    forget_override(pool, gone);
  }
  note_returns(index);
  // The addresses of exchanges may lie in a zone that is still to be loaded.
  if (spec.records != PoolRecords::mx) {
    forget_waiting([&](const SavedOverride& saved) { return saved.pool == spec.name; });
  }
  return index;
}

void Roster::forget_pool(std::uint32_t index) {
  Pool& pool = *pools_[index];
  for (const Member& member : pool.members) {
    for (const RunIndex run : member.runs) free_run(run);
  }
  zones_[pool.zone]->pool_index.erase(pool.spec.name);
  // Where the name has moved to another zone, what was said of its members went with it.
  if (pools_named(pool.spec.name).empty()) {
    for (const Member& member : pool.members) forget_override(pool, member);
  }
  pools_[index].reset();
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
  for (const std::uint32_t pool : zone.pools) pools_[pool]->all_down = is_all_down(pool);
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
    bool seated = false;
    for (std::uint32_t m = 0; m < pool.members.size(); ++m) {
      const Member& member = pool.members[m];
      if (record.address ? member.address != *record.address : member.exchange != exchange)
        continue;
      watch.seats.push_back({i, m});
      seated = true;
    }
    if (!seated) watch.unprobed |= std::uint64_t{1} << i;
  }
  return watch;
}

Standing Roster::standing(const Watch& watch) const {
  const Pool& pool = *pools_[*watch.pool];
  std::uint64_t healthy = watch.unprobed;
  std::uint64_t kept = watch.unprobed;
  // A record has the highest tier of its members.
  std::uint64_t primary = watch.unprobed;
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
  std::uint64_t in = watch.unprobed;
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
