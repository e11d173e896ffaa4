/// The roster's serials: under which of them secondaries get what is answered, and when.
///
/// Answers never wait. A serial is published, to SOA and transfers, once it is on disk; until then
/// secondaries stay with what was published last.
#include <fmt/format.h>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

/// Differs where a mask does, as good as always. The steps of splitmix64.
std::uint64_t mixed(std::uint64_t before, std::uint64_t mask) noexcept {
  std::uint64_t z = before + 0x9e3779b97f4a7c15U + mask;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

/// What a SOA shows: the last that may have been published, or the file's.
std::uint32_t Roster::shown_serial(const ServedZone& zone) const {
  return zone.serial.last().value_or(zone.zone->soa().serial);
}

std::uint32_t Roster::next_serial(const ServedZone& zone) const {
  std::optional<std::uint32_t> least;
  if (zone.policy != SerialPolicy::file && calendar_) {
    least = calendar_serial(zone.policy, *calendar_);
  } else if (zone.unsent_version) {
    least = zone.zone->soa().serial;
  }
  const std::uint32_t next = zone.serial.next(least);
  return zone.past && dns::serial_greater(*zone.past, next) ? *zone.past : next;
}

SerialPolicy Roster::serial_policy_of(const dns::Name& origin) const {
  const auto found = serial_policies_.find(origin);
  return found == serial_policies_.end() ? SerialPolicy::file : found->second;
}

/// True where the last serial was published with the very records that are answered now.
bool Roster::is_as_sent(const ServedZone& zone) const {
  return !zone.sent.empty() && zone.sent == content_of(zone);
}

/// Of the zone's records with today's masks; empty where nobody knows.
std::string Roster::content_of(const ServedZone& zone) const {
  if (zone.content.empty()) return {};
  std::uint64_t masks = zone.watches.size();
  for (const Watch& watch : zone.watches) masks = mixed(masks, watch.mask);
  return fmt::format("{}-{:016x}", zone.content, masks);
}

/// Exact, where the server ends or the zone goes: with what the last serial was published.
SavedSerial Roster::serial_to_save(const ServedZone& zone) const {
  if (!zone.published) return {*zone.serial.last(), zone.sent};  // as the last run left it
  const bool all_sent = !zone.unsent_version && zone.unsent.empty();
  return {*zone.serial.last(), all_sent ? content_of(zone) : std::string()};
}

/// Asks for the serials that come next, before they are needed.
void Roster::keep_serials_ahead(ServedZone& zone) {
  const std::uint32_t next = next_serial(zone);
  if (const auto ceiling = zone.serial.ask(next)) emit(KeepSerial{zone.origin, {*ceiling, {}}});
}

void Roster::note_unsent(ServedZone& zone, const std::vector<zone::MaskChange>& changes) {
  if (zone.unsent_version) return;  // then all are
  for (const zone::MaskChange& change : changes) zone.unsent.push_back(change.watch.value);
  if (zone.unsent.size() > zone.watches.size()) zone.unsent = zone.all_watches();
}

/// Stores masks for queries, and all that waits for secondaries where a serial for it is on disk.
/// @return true where a new serial was published
bool Roster::send_content(ServedZone& zone, std::vector<zone::MaskChange> changes) {
  const bool same = zone.published && zone.unsent_version && !zone.past && is_as_sent(zone);
  const std::uint32_t serial = same ? *zone.serial.last() : next_serial(zone);
  if (!zone.published || !(same || zone.serial.may_publish(serial))) {
    note_unsent(zone, changes);
    emit(StoreMasks{zone.zone, std::move(changes), shown_serial(zone), false});
    keep_serials_ahead(zone);
    return false;
  }
  if (zone.unsent_version) zone.unsent = zone.all_watches();
  for (const std::uint32_t id : zone.unsent) {
    changes.push_back({WatchId{id}, zone.watches[id].mask});
  }
  zone.unsent.clear();
  zone.unsent_version = false;
  zone.past.reset();
  if (!same) zone.sent.clear();
  zone.serial.publish(serial);
  emit(StoreMasks{zone.zone, std::move(changes), serial, true});
  keep_serials_ahead(zone);
  return !same;
}

void Roster::on(const SerialsKept& event) {
  unkept_ = event.problem;
  for (const auto& [origin, serial] : event.kept) {
    const auto found = zone_index_.find(origin);
    if (found == zone_index_.end()) continue;
    ServedZone& zone = *zones_[found->second];
    zone.serial.keep(serial.ceiling);
    const bool waits = zone.published && (zone.unsent_version || zone.past || !zone.unsent.empty());
    if (waits && send_content(zone, {})) ask_notify(found->second);
    publish_when_ready(found->second);
  }
  if (unkept_.empty()) return;
  for (std::uint32_t i = 0; i < zones_.size(); ++i) {  // they have waited for nothing
    if (zones_[i]) publish_when_ready(i);
  }
}

/// A secondary that is ahead (our state was lost) takes nothing from us any more. We go past it,
/// where that leaves no other one behind for good.
void Roster::on(const SecondariesHold& event) {
  const auto found = zone_index_.find(event.origin);
  if (found == zone_index_.end()) return;
  ServedZone& zone = *zones_[found->second];
  // What is not published yet goes past what we have published ourselves first.
  if (!zone.published || zone.unsent_version || zone.past) return;
  const std::uint32_t ours = *zone.serial.last();
  std::vector<std::uint32_t> held;
  const HeldSerial* ahead = nullptr;
  for (const HeldSerial& one : event.held) {
    held.push_back(one.serial);
    const bool later = dns::serial_greater(one.serial, ours);
    if (later && (!ahead || dns::serial_greater(one.serial, ahead->serial))) ahead = &one;
  }
  if (ahead == nullptr) return;
  const auto past = serial_past(ours, held);
  const std::string what =
      fmt::format("zone {}: {} holds serial {}, which is ahead of ours, {}",
                  zone.origin.to_display(), ahead->secondary.to_string(), ahead->serial, ours);
  if (std::exchange(zone.ahead_told, what) != what) {
    emit(Happening{
        .kind = HappeningKind::secondary_ahead,
        .alert = true,
        .subject = past ? fmt::format("{}: the next is {}", what, *past) : what,
        .detail = past ? ""
                       : "it gets no change from us. No serial is past all secondaries and near "
                         "enough to ours: remove the zone there, so that it is transferred anew",
        .name = zone.origin,
        .member = std::nullopt});
  }
  if (!past) return;
  zone.past = past;
  if (send_content(zone, {})) ask_notify(found->second);
}

}  // namespace rollcall::roster
