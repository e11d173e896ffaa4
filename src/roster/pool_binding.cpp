/// Roster: the members that a zone version gives its pools, and what stays over a reload.
#include <algorithm>
#include <unordered_set>

#include "roster/roster.hpp"

namespace rollcall::roster {

/// Binds the served version again, after the pools or the addresses of exchanges have changed.
void Roster::rebind(ZoneIndex zone, const Specs& specs) {
  bind(zone, specs);
  board_.serve_again(zone);
}

/// The exchanges of other zones' pools may have their addresses in the zone that was built. Those
/// zones keep their pools as they are: a new configuration takes hold with their own files.
void Roster::rebind_exchanges(ZoneIndex built) {
  for (const ZoneIndex zone : board_.zones_with_exchanges_in(built)) {
    if (zone != built) rebind_as_it_is(zone);
  }
}

/// Exchanges may have other addresses now.
void Roster::on(const ZoneEdited& event) {
  const auto zone = board_.find(event.zone->origin());
  if (!zone || !board_.edit(*zone, event)) return;
  const std::set<ZoneIndex> others = board_.zones_with_exchanges_at(event.made);
  for (const ZoneIndex other : others) rebind_as_it_is(other);
  if (!others.empty()) recount_later();
}

/// With the pools that the zone has now.
void Roster::rebind_as_it_is(ZoneIndex zone) {
  Specs specs;
  for (const PoolIndex pool : board_[zone].pools) {
    const PoolSpec& spec = roll_[pool].spec;
    specs.emplace(spec.name, std::make_shared<const PoolSpec>(spec));
  }
  rebind(zone, specs);
}

void Roster::bind(ZoneIndex zone, const Specs& specs) {
  const std::vector<PoolIndex> before = board_[zone].pools;
  std::vector<PoolIndex> pools;
  for (const auto& [name, seeds] : seeds_of(*board_[zone].zone)) {
    const auto spec = specs.find(name);
    if (spec != specs.end()) pools.push_back(bind_pool(zone, *spec->second, seeds));
  }
  const std::unordered_set<PoolIndex> stay(pools.begin(), pools.end());
  for (const PoolIndex pool : before) {
    if (!stay.contains(pool)) forget_pool(pool);
  }
  board_.set_pools(zone, std::move(pools));
  board_.bind_watches(zone, [this](PoolIndex pool, PoolState was) { tell_state(pool, was); });
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
      const auto add = [&](const IpAddress& address, bool elsewhere) {
        const Seed seed{address, record.exchange->to_display(), elsewhere};
        // One exchange may stand twice, under two preferences.
        if (std::ranges::find(seeds, seed) == seeds.end()) seeds.push_back(seed);
      };
      const std::vector<IpAddress> addresses = board_.addresses_of(*record.exchange);
      for (const IpAddress& address : addresses) add(address, false);
      if (addresses.empty()) add({}, true);  // nothing to probe, but an operator can drain it
    }
  }
  return pools;
}

/// Members that stay keep what is known of them, whatever else a reload changes. Another zone that
/// had the name until now keeps its pool until that zone is built anew.
PoolIndex Roster::bind_pool(ZoneIndex zone, const PoolSpec& spec, const std::vector<Seed>& seeds) {
  const std::optional<PoolIndex> found = roll_.find(zone, spec.name);
  const PoolIndex index = found ? *found : roll_.add(zone, spec.name);
  Pool& pool = roll_[index];
  const PoolSpec former = std::exchange(pool.spec, spec);
  IdVector<MemberIndex, Member> before = std::exchange(pool.members, {});
  std::vector<MemberIndex> gone;
  for (const MemberIndex m : before.ids()) gone.push_back(m);
  FormerPlaces places;
  for (const Seed& seed : seeds) {
    const auto old = std::ranges::find_if(
        gone, [&](MemberIndex was) { return static_cast<const Seed&>(before[was]) == seed; });
    places.push_back(old == gone.end() ? std::nullopt : std::optional(*old));
    if (old != gone.end()) gone.erase(old);
    Member& member = pool.members.emplace_back();
    static_cast<Seed&>(member) = seed;
    apply_spec(pool.spec, member);
  }
  const bool other_checks = probing_.rebind(index, places);
  agreement_.rebind(index, places);
  guard_.rebind(index, places);
  overrides_.rebind(index, places);
  returns_.rebind(index, places);
  restarts_.rebind(index, places);
  notices_.rebind(index, places);
  for (const MemberIndex m : pool.members.ids()) {
    const MemberRef ref{index, m};
    if (!places[m]) take_over_from_exchange(ref, before, gone);
    if (!overrides_.of(ref)) overrides_.take_over(ref);
    places[m] ? bind_again(ref, former, before[*places[m]], other_checks) : bind_new(ref);
  }
  for (const MemberIndex m : gone) leave(index, before[m], m);
  returns_.note_counted(index, *this);
  probing_.forget_saved(pool);
  // The addresses of exchanges may lie in a zone that is still to be loaded.
  if (spec.records != PoolRecords::mx) overrides_.forget_waiting(spec.name);
  return index;
}

void Roster::bind_new(MemberRef ref) {
  restarts_.take_over(ref);
  const bool was_kept_back = probing_.add(ref);
  agreement_.add(ref);
  guard_.add(ref);
  if (was_kept_back && agreement_.health(ref) != State::down) {
    returns_.wait_for_failback(ref, step_.now);
  }
}

/// A member that stays, after its checks or its pool's policy may have changed.
void Roster::bind_again(MemberRef ref, const PoolSpec& former, const Member& was,
                        bool other_checks) {
  const Member& member = roll_[ref];
  const bool elsewhere = member.probed != was.probed;
  const bool other_service = member.service != was.service;
  probing_.moved(ref);
  if (other_service) probing_.drop_wires(ref);
  if (other_checks || elsewhere) probing_.renew(ref, elsewhere);
  returns_.renew(ref, former, agreement_.since(ref));
  guard_.renew(ref, former);
  probing_.renew_observed(ref);
  const Turn turn = agreement_.follow(ref);
  const bool other_state = turn.agreed != turn.before;
  if (other_state) {
    guard_.forget_fall(ref, turn.since);
    if (!guard_.is_frozen()) judge(ref);
  }
  // The next bad probe wants a restart again, by what is configured now.
  const bool anew = other_checks || elsewhere || other_service || other_state;
  if (anew || overrides_.of(ref)) restarts_.want(ref, false);
}

/// An exchange that gets its first address here, or loses its last one, stays drained.
void Roster::take_over_from_exchange(MemberRef ref, const IdVector<MemberIndex, Member>& before,
                                     const std::vector<MemberIndex>& gone) {
  const Member& member = roll_[ref];
  if (member.exchange.empty()) return;
  for (const MemberIndex was : gone) {
    const Member& old = before[was];
    if (old.exchange != member.exchange || old.elsewhere == member.elsewhere) continue;
    if (const OverridePtr& said = overrides_.left(was)) overrides_.give(ref, said);
  }
}

/// @param was its place until now
void Roster::leave(PoolIndex index, const Member& gone, MemberIndex was) {
  const Pool& pool = roll_[index];
  const OverridePtr& given = overrides_.left(was);
  guard_.leave(was, agreement_.left_since(was));
  probing_.leave(was);
  const bool handed_on = given && std::ranges::any_of(pool.members, [&](const Member& member) {
                           return overrides_.of({index, pool.members.id_of(member)}) == given &&
                                  member.exchange == gone.exchange &&
                                  member.elsewhere != gone.elsewhere;
                         });
  if (handed_on) {
    overrides_.touch();
  } else {
    overrides_.tell_gone(pool, gone, given);
  }
  restarts_.leave(pool, gone, was);
}

void Roster::forget_pool(PoolIndex index) {
  const Pool& pool = roll_[index];
  // Where the name has moved to another zone, what was said of its members went with it.
  const bool for_good = roll_.named(pool.spec.name).size() == 1;
  guard_.forget(index);
  agreement_.forget(index);
  probing_.forget(index);
  for (const MemberIndex m : pool.members.ids()) {
    if (for_good) overrides_.tell_gone(pool, pool.members[m], overrides_.of({index, m}));
  }
  overrides_.forget(index);
  restarts_.forget(index, for_good);
  if (for_good) forwards_.forget(index);
  returns_.forget(index);
  notices_.forget(index);
  board_.forget(index);
  roll_.remove(index);
}

}  // namespace rollcall::roster
