/// ZoneBoard: versions of zones, and the masks that follow from their pools.
#include "roster/zone_board.hpp"

#include <algorithm>

#include "core/invariant.hpp"
#include "pool/status.hpp"
#include "zone/addresses.hpp"

namespace rollcall::roster {

void ZoneBoard::configure(const Configured& event) {
  serial_policies_ = event.serial_policies;
  for (const auto& zone : zones_) {
    if (zone) zone->policy = serial_policy_of(zone->origin);
  }
}

std::optional<ZoneIndex> ZoneBoard::find(const dns::Name& origin) const {
  const auto found = by_origin_.find(origin);
  return found == by_origin_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<ZoneIndex> ZoneBoard::zones() const {
  std::vector<ZoneIndex> found;
  for (const ZoneIndex i : zones_.ids()) {
    if (zones_[i]) found.push_back(i);
  }
  return found;
}

ZoneIndex ZoneBoard::place(const dns::Name& origin) {
  const auto [found, fresh] = by_origin_.emplace(origin, zones_.next_id());
  if (!fresh) return found->second;
  auto zone = std::make_unique<ServedZone>();
  zone->origin = origin;
  zone->policy = serial_policy_of(origin);
  const auto saved = saved_.find(origin);
  if (saved != saved_.end()) {
    zone->serial = ServedSerial(saved->second.ceiling);
    zone->sent = saved->second.content;
  }
  zones_.push_back(std::move(zone));
  return found->second;
}

void ZoneBoard::take(ZoneIndex index, const ZoneBuilt& event) {
  ServedZone& zone = *zones_[index];
  if (zone.published && zone.sent.empty()) zone.sent = serial_to_save(zone).content;
  zone.zone = event.zone;
  zone.content = event.content;
  zone.unsent_version = true;
  zone.unsent.clear();
  zone.unsent_edits.clear();
  zone.edits_lost = false;
  zone.problem.clear();
}

void ZoneBoard::serve(ZoneIndex index) {
  ServedZone& zone = *zones_[index];
  StoreLive live{.zone = zone.zone, .changes = {}, .published = false};
  for (const WatchId id : zone.watches.ids()) {
    Watch& watch = zone.watches[id];
    const std::uint64_t all = zone::WatchTable::all_of(watch.targets.size());
    watch.sent = all;  // as in a new table
    watch.mask = evaluate(watch);
    LiveChange& change = live.changes.emplace_back(id, all, watch.mask);
    watch.shares = shares_of(watch);
    if (watch.shares.any()) change.shares = watch.shares;
  }
  live.serial = shown_serial(zone);
  step_.emit(std::move(live));
  if (zone.published) {
    publish(index);
    return;
  }
  keep_serials_ahead(zone);
  publish_when_ready(index);
  if (zone.published) return;
  step_.emit(PublishZone{zone.origin, nullptr});
  step_.chores.add(step_.now + kReadyLimit, ServeZone{index});
}

void ZoneBoard::serve_again(ZoneIndex index) {
  store(index, zones_[index]->all_watches());
  publish_when_ready(index);
}

void ZoneBoard::take(const ZoneRefused& event) {
  ServedZone& zone = *zones_[place(event.origin)];
  zone.problem = event.problem;
  const bool older = zone.zone != nullptr;
  if (!older) step_.emit(PublishZone{zone.origin, nullptr, true});
  using Served = ZoneFacts::Served;
  // One alert until the file is good again. The loader has logged every message.
  step_.emit(Notice{.kind = NoticeKind::zone_refused,
                    .alert = !std::exchange(zone.told_refused, true),
                    .name = zone.origin,
                    .reason = event.problem,
                    .facts = ZoneFacts{.served = event.copied ? Served::copy
                                                 : older      ? Served::older
                                                              : Served::none,
                                       .transferred = event.transferred}});
}

void ZoneBoard::unchanged(ZoneIndex index) {
  ServedZone& zone = *zones_[index];
  zone.problem.clear();
  if (zone.told_refused && zone.published) tell_served(zone, false);
}

/// An alert where one has told that the file was refused.
void ZoneBoard::tell_served(ServedZone& zone, bool first) {
  const bool was_refused = zone.problem.empty() && std::exchange(zone.told_refused, false);
  step_.emit(Notice{
      .kind = NoticeKind::zone_served,
      .alert = was_refused,
      .name = zone.origin,
      .facts = ZoneFacts{.served = first ? ZoneFacts::Served::first : ZoneFacts::Served::again,
                         .serial = shown_serial(zone),
                         .records = zone.zone->records()}});
}

void ZoneBoard::drop(ZoneIndex index) {
  ServedZone& zone = *zones_[index];
  forget_exchanges(index);
  step_.emit(DropZone{zone.origin});
  // Its serial is kept: that of a zone that comes back must not go back.
  if (zone.serial.last()) saved_[zone.origin] = serial_to_save(zone);
  by_origin_.erase(zone.origin);
  zones_[index].reset();
}

void ZoneBoard::serve_now(ZoneIndex index) {
  if (zones_[index] && !zones_[index]->published) publish(index);
}

void ZoneBoard::notify_again(ZoneIndex index) {
  if (!zones_[index]) return;
  zones_[index]->notify_waiting = false;
  ask_notify(index);
}

std::vector<IpAddress> ZoneBoard::addresses_of(const dns::Name& host) const {
  for (dns::Name name = host;; name = name.parent()) {
    if (const auto found = find(name)) {
      const ZonePtr& zone = zones_[*found]->zone;
      return zone ? zone::addresses_of(*zone, host) : std::vector<IpAddress>{};
    }
    if (name.is_root()) return {};
  }
}

void ZoneBoard::set_pools(ZoneIndex index, std::vector<PoolIndex> pools) {
  ServedZone& zone = *zones_[index];
  zone.pools = std::move(pools);
  // For a zone that is built to find the pools whose members it may have.
  forget_exchanges(index);
  for (const zone::WatchedRrset& rrset : zone.zone->watched()) {
    for (const zone::WatchedRecord& record : rrset.records) {
      if (!record.exchange) continue;
      for (dns::Name name = *record.exchange;; name = name.parent()) {
        if (exchange_zones_[name].insert(index).second) zone.exchange_parents.push_back(name);
        if (name.is_root()) break;
      }
    }
  }
  zone.unknown_members = 0;
  for (const PoolIndex pool : zone.pools) {
    for (const MemberIndex m : roll_[pool].members.ids()) {
      if (views_.view({pool, m}).observed == State::unknown) ++zone.unknown_members;
    }
  }
}

void ZoneBoard::forget_exchanges(ZoneIndex index) {
  for (const dns::Name& name : std::exchange(zones_[index]->exchange_parents, {})) {
    const auto found = exchange_zones_.find(name);
    found->second.erase(index);
    if (found->second.empty()) exchange_zones_.erase(found);
  }
}

std::set<ZoneIndex> ZoneBoard::zones_with_exchanges_in(ZoneIndex built) const {
  const auto found = exchange_zones_.find(zones_[built]->origin);
  return found == exchange_zones_.end() ? std::set<ZoneIndex>{} : found->second;
}

std::set<ZoneIndex> ZoneBoard::zones_with_exchanges_at(const edit::ZoneEdit& made) const {
  std::set<ZoneIndex> zones;
  if (exchange_zones_.empty()) return zones;
  for (const std::vector<edit::EditRecord>* records : {&made.remove, &made.add}) {
    for (const edit::EditRecord& record : *records) {
      if (record.type != dns::Type::A && record.type != dns::Type::AAAA) continue;
      const auto found = exchange_zones_.find(record.owner.lowered());
      if (found != exchange_zones_.end()) zones.insert(found->second.begin(), found->second.end());
    }
  }
  return zones;
}

void ZoneBoard::bind_watches(ZoneIndex index,
                             const std::function<void(PoolIndex, PoolState)>& each) {
  ServedZone& zone = *zones_[index];
  const IdVector<WatchId, Watch> before = std::exchange(zone.watches, {});
  for (const PoolIndex pool : zone.pools) pools_[pool].watches.clear();
  for (const zone::WatchedRrset& rrset : zone.zone->watched()) {
    const WatchId id = zone.watches.next_id();
    Watch& watch = zone.watches.emplace_back(bind_watch(index, rrset));
    if (before.has(id)) {  // the same version has the same RRsets
      watch.mask = before[id].mask;
      watch.sent = before[id].sent;
      watch.shares = before[id].shares;
    }
    if (watch.pool) pools_[*watch.pool].watches.push_back(id);
    for (const std::optional<PoolIndex>& target : watch.targets) {
      if (!target) continue;
      std::vector<WatchId>& dependent = pools_[*target].watches;
      if (dependent.empty() || dependent.back() != id) dependent.push_back(id);
    }
  }
  for (const PoolIndex pool : zone.pools) each(pool, renew_state(pool));
}

Watch ZoneBoard::bind_watch(ZoneIndex index, const zone::WatchedRrset& rrset) const {
  Watch watch;
  for (const zone::WatchedRecord& record : rrset.records) {
    watch.targets.push_back(record.target ? roll_.find(index, *record.target) : std::nullopt);
  }
  // Nothing where the pool is no longer configured.
  if (rrset.records[0].is_member()) watch.pool = roll_.find(index, rrset.owner);
  if (!watch.pool) return watch;
  const Pool& pool = roll_[*watch.pool];
  for (std::uint32_t i = 0; i < rrset.records.size(); ++i) {
    const zone::WatchedRecord& record = rrset.records[i];
    const std::string exchange = record.exchange ? record.exchange->to_display() : std::string();
    for (const MemberIndex m : pool.members.ids()) {
      const Member& member = pool.members[m];
      if (record.address ? member.address != *record.address : member.exchange != exchange)
        continue;
      watch.seats.push_back({i, m});
    }
  }
  return watch;
}

void ZoneBoard::note_observed(ZoneIndex index, State before, State now) {
  if (before == now) return;
  // A member may turn from down to unknown: when a check that failed passes, and another has not
  // probed yet.
  if (now == State::unknown) ++zones_[index]->unknown_members;
  if (before == State::unknown) --zones_[index]->unknown_members;
}

PoolState ZoneBoard::state(PoolIndex pool) const {
  const PoolBoard* board = pools_.find(pool);
  return board == nullptr ? PoolState{} : board->state;
}

PoolState ZoneBoard::renew_state(PoolIndex pool) {
  const PoolState now{.all_down = is_all_down(pool), .on_backup = is_on_backup(pool)};
  return std::exchange(pools_[pool].state, now);
}

void ZoneBoard::store(PoolIndex pool) {
  store(roll_[pool].zone, pools_[pool].watches);
}

void ZoneBoard::store_all() {
  for (const ZoneIndex zone : zones()) store(zone, zones_[zone]->all_watches());
}

/// Stores the changed masks of `watches` under the next serial, and asks for a NOTIFY.
void ZoneBoard::store(ZoneIndex index, const std::vector<WatchId>& watches) {
  ServedZone& zone = *zones_[index];
  std::vector<LiveChange> changes;
  bool flips = false;
  for (const WatchId id : watches) {
    Watch& watch = zone.watches[id];
    const std::uint64_t mask = evaluate(watch);
    LiveChange change{id, watch.mask, mask};
    zone::Shares shares = shares_of(watch);
    if (shares != watch.shares) change.shares = watch.shares = std::move(shares);
    if (mask == watch.mask && !change.shares) continue;
    flips |= mask != watch.mask;
    flips_ += mask != watch.mask ? 1U : 0U;
    watch.mask = mask;
    changes.push_back(std::move(change));
  }
  if (changes.empty()) return;
  if (!flips) {  // no change for secondaries
    step_.emit(StoreLive{zone.zone, std::move(changes), shown_serial(zone), false});
  } else if (must_wait(zone)) {
    hold_flips(index, std::move(changes));
  } else if (send_content(zone, std::move(changes))) {
    zone.flip_sent = step_.now;
    ask_notify(index);
  }
}

/// Publishes a zone for the first time: when its members are known, and its serial is on disk or
/// cannot be written.
void ZoneBoard::publish_when_ready(ZoneIndex index) {
  const ServedZone& zone = *zones_[index];
  if (zone.published || !zone.zone || zone.unknown_members != 0) return;
  const bool kept = is_as_sent(zone) || zone.serial.may_publish(next_serial(zone));
  if (kept || !unkept_.empty()) publish(index);
}

void ZoneBoard::publish(ZoneIndex index) {
  ServedZone& zone = *zones_[index];
  const bool first = !zone.published;
  zone.published = true;
  const bool sent = send_content(zone, {});
  step_.emit(PublishZone{zone.origin, zone.zone});
  tell_served(zone, first);
  if (sent) ask_notify(index);
}

/// Sends a NOTIFY now, or with others at the end of the pause after the last one.
void ZoneBoard::ask_notify(ZoneIndex index) {
  ServedZone& zone = *zones_[index];
  if (zone.notify_waiting) return;
  if (zone.notified && step_.now < *zone.notified + kNotifyPause) {
    zone.notify_waiting = true;
    step_.chores.add(*zone.notified + kNotifyPause, NotifyAgain{index});
    return;
  }
  zone.notified = step_.now;
  step_.emit(SendNotify{zone.origin, shown_serial(zone)});
}

void ZoneBoard::show(Status& status) const {
  for (const auto& zone : zones_) {
    if (!zone) continue;
    ZoneStatus shown{.origin = zone->origin, .problem = zone->problem};
    if (zone->published) {
      shown.state = ZoneState::served;
    } else {
      shown.state = zone->zone ? ZoneState::not_ready : ZoneState::refused;
    }
    if (zone->zone) {
      shown.serial = shown_serial(*zone);
      shown.records = zone->zone->records();
    }
    status.zones.push_back(std::move(shown));
  }
}

void ZoneBoard::check_invariants() const {
  std::set<PoolIndex> seen;
  for (const ZoneIndex i : zones_.ids()) {
    const auto& zone = zones_[i];
    if (!zone) continue;
    std::uint32_t unknown = 0;
    for (const PoolIndex pool : zone->pools) {
      invariant(roll_.has(pool) && roll_[pool].zone == i && seen.insert(pool).second,
                "a pool belongs to one zone");
      for (const MemberIndex m : roll_[pool].members.ids()) {
        unknown += views_.view({pool, m}).observed == State::unknown ? 1U : 0U;
      }
    }
    invariant(unknown == zone->unknown_members, "members that are not known yet are counted");
    for (const Watch& watch : zone->watches) {
      invariant(watch.mask == evaluate(watch), "a stored mask is what policy says of today");
    }
    const auto last = zone->serial.last();
    invariant(!zone->published || !last || !zone->is_all_sent() || zone->serial.may_publish(*last),
              "a serial is not published before it is on disk");
  }
  roll_.each_pool([&](PoolIndex pool, const Pool&) {
    invariant(seen.contains(pool), "each pool is one of its zone's");
    invariant(state(pool).all_down == is_all_down(pool), "a pool is all down as policy says");
  });
}

}  // namespace rollcall::roster
