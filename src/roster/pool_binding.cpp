/// The roster's pools: the members that a zone version gives them, and what stays over a reload.
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

/// The members of each pool of a zone version, as the zones say.
Roster::SeedsByPool Roster::seeds_of(const zone::Zone& zone) const {
  SeedsByPool pools;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    for (const zone::WatchedRecord& record : rrset.records) {
      if (!record.is_member()) break;  // a follower
      std::vector<Seed>& seeds = pools[rrset.owner];
      if (record.address) seeds.push_back({*record.address, {}});
      if (!record.exchange) continue;
      const auto add = [&](const IpAddress& address, bool elsewhere) {
        const Seed seed{address, record.exchange->to_display(), elsewhere};
        // One exchange may stand twice, under two preferences.
        if (std::ranges::find(seeds, seed) == seeds.end()) seeds.push_back(seed);
      };
      const std::vector<IpAddress> addresses = addresses_of(*record.exchange);
      for (const IpAddress& address : addresses) add(address, false);
      if (addresses.empty()) add({}, true);  // nothing to probe, but an operator can drain it
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
  for (const auto& [name, seeds] : seeds_of(*zone.zone)) {
    const auto spec = specs.find(name);
    if (spec == specs.end()) continue;
    if (auto stays = former.extract(name)) zone.pool_index.insert(std::move(stays));
    zone.pools.push_back(bind_pool(zone_index, spec->second, seeds));
  }
  for (const std::uint32_t pool : before) {
    if (former.contains(pools_[pool]->spec.name)) forget_pool(pool);
  }
  note_exchanges(zone_index);
  zone.unknown_members = 0;
  for (const std::uint32_t pool : zone.pools) {
    for (const Member& member : pools_[pool]->members) {
      if (member.health == Health::unknown) ++zone.unknown_members;
    }
  }
}

/// So that a zone that is built finds the pools whose members it may have, without a look at all.
void Roster::note_exchanges(std::uint32_t zone_index) {
  forget_exchanges(zone_index);
  ServedZone& zone = *zones_[zone_index];
  for (const zone::WatchedRrset& rrset : zone.zone->watched()) {
    for (const zone::WatchedRecord& record : rrset.records) {
      if (!record.exchange) continue;
      for (dns::Name name = *record.exchange;; name = name.parent()) {
        if (exchange_zones_[name].insert(zone_index).second) zone.exchange_parents.push_back(name);
        if (name.is_root()) break;
      }
    }
  }
}

void Roster::forget_exchanges(std::uint32_t zone_index) {
  for (const dns::Name& name : std::exchange(zones_[zone_index]->exchange_parents, {})) {
    const auto found = exchange_zones_.find(name);
    found->second.erase(zone_index);
    if (found->second.empty()) exchange_zones_.erase(found);
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

/// What is said of members stays with those that stay, whatever else a reload changes.
std::uint32_t Roster::bind_pool(std::uint32_t zone_index, const PoolSpec& spec,
                                const std::vector<Seed>& seeds) {
  // Another zone that had the name until now keeps its pool until it is built anew.
  const std::optional<std::uint32_t> found = find_pool(zone_index, spec.name);
  const std::uint32_t index = found.value_or(static_cast<std::uint32_t>(pools_.size()));
  if (!found) pools_.push_back(std::make_unique<Pool>());
  zones_[zone_index]->pool_index[spec.name] = index;
  Pool& pool = *pools_[index];
  const PoolSpec former = std::exchange(pool.spec, spec);
  pool.zone = zone_index;
  const bool other_checks = !found || former.checks != spec.checks;
  if (other_checks) share_checks(pool);

  std::vector<Member> before = std::exchange(pool.members, {});
  for (const Seed& seed : seeds) {
    const auto old = std::ranges::find_if(before, [&](const Member& member) {
      return member.address == seed.address && member.exchange == seed.exchange &&
             member.elsewhere == seed.elsewhere;
    });
    const bool stays = old != before.end();
    if (stays) {
      pool.members.push_back(std::move(*old));
      before.erase(old);
    } else {
      pool.members.push_back(Member{.address = seed.address,
                                    .exchange = seed.exchange,
                                    .elsewhere = seed.elsewhere,
                                    .since = now_,
                                    .runs = {}});
      take_over_from_exchange(index, pool.members.back(), before);
    }
    const auto position = static_cast<std::uint32_t>(pool.members.size() - 1);
    Member& member = pool.members.back();
    if (!member.override_set) take_over_override(index, member);
    if (!stays) take_over_restarts(index, member);
    const std::string service = member.service;
    apply_spec(pool.spec, member);
    const bool moved = std::exchange(member.probed, probed_of(pool.spec, member)) != member.probed;
    if (!stays) {
      add_runs(index, position);
      continue;
    }
    for (const RunIndex run : member.runs) {
      runs_[run].member = position;
      if (member.service != service) drop_wire(run);
    }
    if (other_checks || moved) renew_runs(index, position, moved);
    renew_standing(index, member, former);
    // The next bad probe wants it again, as everything is now.
    if (other_checks || moved || member.service != service) member.wants_restart = false;
  }
  for (const Member& gone : before) {
    forget_fall(gone);
    for (const RunIndex run : gone.runs) free_run(run);
    const bool handed_on = std::ranges::any_of(pool.members, [&](const Member& member) {
      return gone.override_set && member.override_set == gone.override_set &&
             member.exchange == gone.exchange && member.elsewhere != gone.elsewhere;
    });
    if (handed_on) {
      overrides_dirty_ = true;
    } else {
      forget_override(pool, gone);
    }
    keep_restarts(pool, gone);
  }
  note_returns(index);
  forget_saved_health(pool);
  // The addresses of exchanges may lie in a zone that is still to be loaded.
  if (spec.records != PoolRecords::mx) {
    forget_waiting([&](const SavedOverride& saved) { return saved.pool == spec.name; });
  }
  return index;
}

/// An exchange that gets its first address here, or loses its last one, stays drained.
void Roster::take_over_from_exchange(std::uint32_t index, Member& member,
                                     const std::vector<Member>& before) {
  if (member.exchange.empty()) return;
  for (const Member& old : before) {
    if (old.exchange != member.exchange || old.elsewhere == member.elsewhere) continue;
    if (old.override_set) give_override(index, member, old.override_set);
  }
}

/// Those of a pool's checks that were there before are the same objects again.
void Roster::share_checks(Pool& pool) const {
  const auto before = std::exchange(pool.checks, {});
  for (const health::CheckSpec& spec : pool.spec.checks) {
    const auto same = std::ranges::find_if(before, [&](const auto& old) { return *old == spec; });
    pool.checks.push_back(same != before.end() ? *same
                                               : std::make_shared<const health::CheckSpec>(spec));
  }
}

/// A member that stays, after its checks or its pool's policy may have changed.
void Roster::renew_standing(std::uint32_t index, Member& member, const PoolSpec& former) {
  const PoolSpec& spec = pools_[index]->spec;
  if (!spec.flap_damping) member.damped_until.reset();
  if (member.waits_until && spec.failback != former.failback) {
    member.waits_until.reset();
    wait_for_failback(index, member, member.since);
  }
  // Answers that are frozen stay: until now it was answered though it was down.
  const bool counts_anew = former.observe_only && !spec.observe_only;
  if (freeze_ && counts_anew && member.health == Health::down) member.judged = Health::up;
  const Health now = combined_health(runs_, member, spec.needed);
  if (member.health == now) return;
  forget_fall(member);
  member.health = now;
  member.since = now_;
  if (!freeze_) judge(index, member);
}

void Roster::forget_pool(std::uint32_t index) {
  Pool& pool = *pools_[index];
  for (const Member& member : pool.members) {
    forget_fall(member);
    for (const RunIndex run : member.runs) free_run(run);
  }
  zones_[pool.zone]->pool_index.erase(pool.spec.name);
  // Where the name has moved to another zone, what was said of its members went with it.
  if (pools_named(pool.spec.name).empty()) {
    for (const Member& member : pool.members) {
      forget_override(pool, member);
      keep_restarts(pool, member);
    }
  }
  pools_[index].reset();
}

}  // namespace rollcall::roster
