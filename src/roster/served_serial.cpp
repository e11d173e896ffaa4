/// ZoneBoard: under which serials secondaries get what is answered, and when.
#include <fmt/format.h>

#include "core/invariant.hpp"
#include "roster/zone_board.hpp"

namespace rollcall::roster {
namespace {

/// Edits that wait for a serial: with more, secondaries that ask for changes get the whole zone.
constexpr std::size_t kMaxUnsentEdits = 1000;

/// Differs, almost always, where a mask differs. The steps of splitmix64.
std::uint64_t mixed(std::uint64_t before, std::uint64_t mask) noexcept {
  std::uint64_t z = before + 0x9e3779b97f4a7c15U + mask;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

/// The serial in the SOA: the last that may have been published, or the file's.
std::uint32_t ZoneBoard::shown_serial(const ServedZone& zone) const {
  return zone.serial.last().value_or(zone.zone->soa().serial);
}

std::uint32_t ZoneBoard::next_serial(const ServedZone& zone) const {
  std::optional<std::uint32_t> least;
  if (zone.policy != SerialPolicy::file && step_.calendar) {
    least = calendar_serial(zone.policy, *step_.calendar);
  } else if (zone.unsent_version || !zone.unsent_edits.empty()) {
    least = zone.zone->soa().serial;
  }
  const std::uint32_t next = zone.serial.next(least);
  return zone.past && dns::serial_greater(*zone.past, next) ? *zone.past : next;
}

SerialPolicy ZoneBoard::serial_policy_of(const dns::Name& origin) const {
  const auto found = serial_policies_.find(origin);
  return found == serial_policies_.end() ? SerialPolicy::file : found->second;
}

/// True where the last serial was published with the very records that are answered now.
bool ZoneBoard::is_as_sent(const ServedZone& zone) const {
  return !zone.sent.empty() && zone.sent == content_of(zone);
}

/// The digest of the zone's records with today's masks; empty where unknown.
std::string ZoneBoard::content_of(const ServedZone& zone) const {
  if (zone.content.empty()) return {};
  std::uint64_t masks = zone.watches.size();
  for (const Watch& watch : zone.watches) masks = mixed(masks, watch.mask);
  return fmt::format("{}-{:016x}", zone.content, masks);
}

/// At the end of the server or of the zone: exactly the last serial, with its content.
SavedSerial ZoneBoard::serial_to_save(const ServedZone& zone) const {
  if (!zone.published) return {*zone.serial.last(), zone.sent};  // as the last run left it
  return {*zone.serial.last(), zone.is_all_sent() ? content_of(zone) : std::string()};
}

void ZoneBoard::keep_exact_serials() {
  for (const auto& zone : zones_) {
    if (!zone || !zone->zone || !zone->serial.last()) continue;
    step_.emit(KeepSerial{zone->origin, serial_to_save(*zone)});
  }
}

/// Asks for the next serials before they are needed.
void ZoneBoard::keep_serials_ahead(ServedZone& zone) {
  const std::uint32_t next = next_serial(zone);
  if (const auto ceiling = zone.serial.ask(next))
    step_.emit(KeepSerial{zone.origin, {*ceiling, {}}});
}

void ZoneBoard::note_unsent(ServedZone& zone, const std::vector<LiveChange>& changes) {
  if (zone.unsent_version) return;  // then all are
  for (const LiveChange& change : changes) {
    if (change.mask_before != change.mask_after) zone.unsent.push_back(change.watch);
  }
  if (zone.unsent.size() > zone.watches.size()) zone.unsent = zone.all_watches();
}

void ZoneBoard::note_unsent(ServedZone& zone, const edit::ZoneEdit& edit) {
  if (zone.unsent_version || zone.edits_lost) return;
  zone.unsent_edits.push_back(edit);
  if (zone.unsent_edits.size() <= kMaxUnsentEdits) return;
  zone.edits_lost = true;
  zone.unsent_edits.clear();
}

bool ZoneBoard::edit(ZoneIndex index, const ZoneEdited& event) {
  ServedZone& zone = *zones_[index];
  if (!zone.zone || &zone.zone->watch_table() != &event.zone->watch_table()) return false;
  zone.zone = event.zone;
  const bool other_content = !event.made.empty();
  if (other_content) zone.content = event.content;
  if (!zone.published) return true;
  if (other_content) {
    note_unsent(zone, event.made);
    if (send_content(zone, {})) ask_notify(index);
  } else if (zone.is_all_sent()) {
    zone.sent_zone = zone.zone;
    step_.emit(
        StoreLive{.zone = zone.zone, .changes = {}, .serial = shown_serial(zone), .edits = {{}}});
  }
  step_.emit(PublishZone{.origin = zone.origin, .zone = zone.zone, .edited = true});
  return true;
}

/// Stores masks for queries; publishes all that waits for secondaries once a serial for it is on
/// disk.
/// @return true where a new serial was published
bool ZoneBoard::send_content(ServedZone& zone, std::vector<LiveChange> changes) {
  const bool same = zone.published && zone.unsent_version && !zone.past && is_as_sent(zone);
  const std::uint32_t serial = same ? *zone.serial.last() : next_serial(zone);
  if (!zone.published || !(same || zone.serial.may_publish(serial))) {
    note_unsent(zone, changes);
    step_.emit(StoreLive{zone.zone, std::move(changes), shown_serial(zone), false});
    keep_serials_ahead(zone);
    return false;
  }
  if (zone.unsent_version) {
    zone.unsent = zone.all_watches();
    if (!same || !zone.full_serial) zone.full_serial = serial;
  }
  if (!zone.unsent_edits.empty() || zone.edits_lost) zone.full_serial = serial;
  std::vector<bool> changed(zone.unsent.empty() ? 0 : zone.watches.size());
  for (LiveChange& change : changes) {
    change.mask_before = std::exchange(zone.watches[change.watch].sent, change.mask_after);
    if (!changed.empty()) changed[change.watch.value] = true;
  }
  for (const WatchId id : zone.unsent) {
    if (changed[id.value]) continue;
    changed[id.value] = true;
    Watch& watch = zone.watches[id];
    changes.push_back({id, std::exchange(watch.sent, watch.mask), watch.mask});
  }
  zone.unsent.clear();
  std::optional<std::vector<edit::ZoneEdit>> edits = std::exchange(zone.unsent_edits, {});
  const bool of_one_version = !zone.unsent_version && !std::exchange(zone.edits_lost, false);
  if (!of_one_version || edits->empty()) edits.reset();
  ZonePtr before = std::exchange(zone.sent_zone, zone.zone);
  zone.unsent_version = false;
  zone.past.reset();
  if (!same) zone.sent.clear();
  invariant(zone.serial.may_publish(serial), "a serial is not published before it is on disk");
  const auto last = zone.serial.last();
  invariant(same || !last || dns::serial_greater(serial, *last),
            "a serial is published with one content");
  zone.serial.publish(serial);
  step_.emit(StoreLive{.zone = zone.zone,
                       .changes = std::move(changes),
                       .serial = serial,
                       .published = true,
                       .edits = std::move(edits),
                       .before = std::move(before),
                       .full_serial = zone.full_serial});
  keep_serials_ahead(zone);
  return !same;
}

/// True where a serial for flips alone would come too soon after the last one.
bool ZoneBoard::must_wait(const ServedZone& zone) const {
  return zone.published && !zone.unsent_version && !zone.past && zone.flip_sent &&
         step_.now < *zone.flip_sent + kSerialPause;
}

/// Queries follow at once; secondaries get these changes with the next serial.
void ZoneBoard::hold_flips(ZoneIndex index, std::vector<LiveChange> changes) {
  ServedZone& zone = *zones_[index];
  note_unsent(zone, changes);
  step_.emit(StoreLive{zone.zone, std::move(changes), shown_serial(zone), false});
  if (std::exchange(zone.flips_wait, true)) return;
  step_.chores.add(*zone.flip_sent + kSerialPause, SendFlips{index});
}

void ZoneBoard::send_flips(ZoneIndex index) {
  if (!zones_[index]) return;
  ServedZone& zone = *zones_[index];
  zone.flips_wait = false;
  if (!zone.published || zone.unsent_version || zone.past) return;
  // What has gone and come back meanwhile is no change.
  std::erase_if(zone.unsent,
                [&](WatchId id) { return zone.watches[id].mask == zone.watches[id].sent; });
  if (zone.unsent.empty() || !send_content(zone, {})) return;
  zone.flip_sent = step_.now;
  ask_notify(index);
}

void ZoneBoard::take(const SerialsKept& event) {
  unkept_ = event.problem;
  for (const auto& [origin, serial] : event.kept) {
    const auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) continue;
    ServedZone& zone = *zones_[found->second];
    zone.serial.keep(serial.ceiling);
    const bool edits = !zone.unsent_edits.empty() || zone.edits_lost;
    const bool news =
        zone.unsent_version || zone.past || edits || (!zone.unsent.empty() && !must_wait(zone));
    const bool waits = zone.published && news;
    if (waits && send_content(zone, {})) ask_notify(found->second);
    publish_when_ready(found->second);
  }
  if (unkept_.empty()) return;
  for (const ZoneIndex i : zones_.ids()) {  // these waited for a serial in vain
    if (zones_[i]) publish_when_ready(i);
  }
}

/// A secondary that is ahead (our state was lost) takes no more changes from us. Our next serial
/// goes past its serial, unless that would leave another secondary behind for good.
void ZoneBoard::take(const SecondariesHold& event) {
  const auto found = by_origin_.find(event.origin);
  if (found == by_origin_.end()) return;
  ServedZone& zone = *zones_[found->second];
  // What waits is published first, under our own next serial.
  if (!zone.published || !zone.is_all_sent() || zone.past) return;
  const std::uint32_t ours = *zone.serial.last();
  std::vector<std::uint32_t> held;
  const HeldSerial* ahead = nullptr;
  for (const HeldSerial& one : event.held) {
    held.push_back(one.serial);
    const bool later = dns::serial_greater(one.serial, ours);
    if (later && (!ahead || dns::serial_greater(one.serial, ahead->serial))) ahead = &one;
  }
  if (ahead == nullptr) return;
  const std::optional<std::uint32_t> past = serial_past(ours, held);
  const SecondaryFacts facts{ahead->secondary, ahead->serial, ours, past};
  SecondaryFacts told = facts;
  told.past.reset();  // not compared: told once for the same serials
  if (std::exchange(zone.ahead_told, told) != told) {
    step_.emit(Notice{
        .kind = NoticeKind::secondary_ahead, .alert = true, .name = zone.origin, .facts = facts});
  }
  if (!past) return;
  zone.past = past;
  if (send_content(zone, {})) ask_notify(found->second);
}

}  // namespace rollcall::roster
