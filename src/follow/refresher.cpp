#include "follow/refresher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dns/rdata_text.hpp"

namespace rollcall::follow {
namespace {

constexpr std::size_t kMaxDoublings = 6;
constexpr double kJitter = 0.1;  // of a pause, off its end

}  // namespace

std::vector<Effect>& Refresher::step(const Event& event, Instant now) {
  now_ = now;
  effects_.clear();
  std::visit([this](const auto& e) { on(e); }, event);
  start_waiting();
  std::optional<Instant> next = keep_at_;
  if (!due_.empty() && (!next || due_.begin()->first < *next)) next = due_.begin()->first;
  if (next && next != wake_wanted_) {
    wake_wanted_ = next;
    effects_.emplace_back(WakeAt{*next});
  }
  return effects_;
}

bool Refresher::is_expired(const dns::Name& origin) const {
  const auto found = zones_.find(origin);
  return found != zones_.end() && found->second->shown.expired;
}

std::optional<FollowedState> Refresher::state(const dns::Name& origin) const {
  const auto found = zones_.find(origin);
  return found == zones_.end() ? std::nullopt : std::optional(found->second->shown);
}

Refresher::Zone* Refresher::find(const dns::Name& origin) {
  const auto found = zones_.find(origin);
  return found == zones_.end() ? nullptr : found->second.get();
}

void Refresher::on(const Followed& event) {
  std::map<dns::StoredName, ZonePtr, dns::CanonicalLess> before = std::move(zones_);
  zones_.clear();
  for (const Followed::Zone& followed : event.zones) {
    auto old = before.extract(followed.origin);
    ZonePtr zone = old ? std::move(old.mapped()) : std::make_unique<Zone>();
    const bool others = zone->shown.primaries != followed.primaries;
    zone->origin = followed.origin;
    zone->shown.primaries = followed.primaries;
    if (others) {
      zone->primary = 0;
      zone->notifier.reset();
      start_soon(*zone);
    }
    zones_.emplace(followed.origin, std::move(zone));
  }
  for (const auto& [origin, zone] : before) {  // visits under way end for nobody
    if (zone->due) due_.erase({*zone->due, zone.get()});
  }
}

void Refresher::on(const CopyLoaded& event) {
  Zone* zone = find(event.origin);
  if (zone == nullptr || zone->step != Step::waits_for_copy) return;
  zone->step = Step::idle;
  zone->shown.held = event.held;
  zone->shown.confirmed = now_ - event.age;
  zone->shown.expires = now_ + event.left;
  zone->shown.next = now_ + std::chrono::duration_cast<Duration>(random_.unit() * kStartSpread);
  expire_if_due(*zone);
  schedule(*zone);
}

void Refresher::on(const CopyMissing& event) {
  Zone* zone = find(event.origin);
  if (zone == nullptr || zone->step != Step::waits_for_copy) return;
  zone->step = Step::idle;
  zone->shown.next = now_ + std::chrono::duration_cast<Duration>(random_.unit() * kStartSpread);
  schedule(*zone);
}

/// RFC 1996 section 3.11: as if the refresh time had come, with the sender asked first.
void Refresher::on(const Notified& event) {
  Zone* zone = find(event.origin);
  if (zone == nullptr) return;
  const auto& primaries = zone->shown.primaries;
  const auto from = std::ranges::find_if(primaries, [&](const zone::Primary& primary) {
    return primary.address.address.unmapped() == event.from.unmapped();
  });
  if (from == primaries.end()) return;
  const auto& held = zone->shown.held;
  const bool newer = !event.serial || !held || dns::serial_greater(*event.serial, held->serial);
  if (!newer && !zone->shown.expired) return;
  const bool begins_soon = zone->step == Step::queued && zone->tried == 0;
  if (begins_soon || zone->step == Step::waits_for_copy) return;
  zone->notifier = static_cast<std::size_t>(from - primaries.begin());
  if (zone->step == Step::idle) start_for_notify(*zone);
}

/// A round at once, or as soon as the last one that NOTIFY began is long enough ago.
void Refresher::start_for_notify(Zone& zone) {
  const Instant at = zone.notified ? std::max(now_, *zone.notified + kNotifyPause) : now_;
  std::optional<Instant>& next = zone.shown.next;
  if (!next || at < *next) next = at;
  if (at <= now_) return begin_round(zone);
  schedule(zone);
}

void Refresher::on(const TransferWanted& event) {
  Zone* zone = find(event.origin);
  if (zone == nullptr) return;
  zone->wanted = zone->whole = true;
  start_soon(*zone);
}

/// A round at once, or behind the one under way.
void Refresher::start_soon(Zone& zone) {
  if (zone.step == Step::waits_for_copy) return;
  if (zone.step == Step::idle) return begin_round(zone);
  if (zone.step != Step::queued) zone.again = true;
}

void Refresher::on(const Tick&) {
  wake_wanted_.reset();
  while (!due_.empty() && due_.begin()->first <= now_) {
    Zone& zone = *due_.begin()->second;
    due_.erase(due_.begin());
    zone.due.reset();
    expire_if_due(zone);
    if (zone.step == Step::idle && zone.shown.next && *zone.shown.next <= now_) begin_round(zone);
    schedule(zone);
  }
  if (keep_at_ && *keep_at_ <= now_) {
    keep_at_.reset();
    effects_.emplace_back(KeepConfirmed{});
  }
}

void Refresher::expire_if_due(Zone& zone) {
  FollowedState& shown = zone.shown;
  if (!shown.held || shown.expired || *shown.expires > now_) return;
  shown.expired = true;
  effects_.emplace_back(Expired{zone.origin});
}

/// Sets the time at which the zone is looked at again.
void Refresher::schedule(Zone& zone) {
  if (zone.due) due_.erase({*zone.due, &zone});
  zone.due.reset();
  if (zone.step == Step::idle) zone.due = zone.shown.next;
  const FollowedState& shown = zone.shown;
  if (shown.held && !shown.expired && (!zone.due || *shown.expires < *zone.due)) {
    zone.due = shown.expires;
  }
  if (zone.due) due_.emplace(*zone.due, &zone);
}

void Refresher::begin_round(Zone& zone) {
  zone.step = Step::queued;
  zone.tried = 0;
  zone.again = false;
  if (zone.notifier) {
    zone.primary = *std::exchange(zone.notifier, {});
    zone.notified = now_;
  }
  zone.transferred = false;
  zone.limit.reset();
  zone.shown.next.reset();
  questions_waiting_.push_back(zone.origin);
  schedule(zone);
}

/// Starts what waits, as far as there are places.
void Refresher::start_waiting() {
  while (!questions_waiting_.empty() && questions_.size() < kMaxQuestions) {
    Zone* zone = find(questions_waiting_.front());
    questions_waiting_.pop_front();
    if (zone != nullptr && zone->step == Step::queued) ask(*zone);
  }
  start_fetches();
}

/// Of the addresses that have places left, the one with the fewest transfers is next, and of those
/// the one that has waited the longest.
void Refresher::start_fetches() {
  while (fetches_.size() < kMaxTransfers) {
    Source* next = nullptr;
    IpAddress from;
    for (auto& [address, source] : sources_) {
      if (source.waiting.empty() || source.under_way >= kMaxTransfersOfPrimary) continue;
      if (next == nullptr || std::pair(source.under_way, source.last_visit) <
                                 std::pair(next->under_way, next->last_visit)) {
        next = &source;
        from = address;
      }
    }
    if (next == nullptr) break;
    Zone* zone = find(next->waiting.front());
    next->waiting.pop_front();
    if (zone == nullptr || zone->step != Step::fetch_queued) continue;
    if (source_of(*zone) == from) {
      fetch(*zone);
    } else {  // its primaries have changed
      want_fetch(*zone);
    }
  }
  std::erase_if(sources_, [](const auto& entry) {
    return entry.second.waiting.empty() && entry.second.under_way == 0;
  });
}

VisitId Refresher::begin_visit(Zone& zone) {
  zone.visit = {++last_visit_};
  return zone.visit;
}

/// Its place is free again. @return null where the zone no longer waits for it
Refresher::Zone* Refresher::end_visit(VisitId visit) {
  std::optional<dns::StoredName> origin;
  if (auto question = questions_.extract(visit)) {
    origin = std::move(question.mapped());
  } else if (auto transfer = fetches_.extract(visit)) {
    --sources_.at(transfer.mapped().source).under_way;
    origin = std::move(transfer.mapped().origin);
  }
  if (!origin) return nullptr;
  Zone* zone = find(*origin);
  return zone != nullptr && zone->visit == visit ? zone : nullptr;
}

void Refresher::ask(Zone& zone) {
  zone.primary %= zone.shown.primaries.size();
  zone.step = Step::asking;
  questions_.emplace(begin_visit(zone), zone.origin);
  effects_.emplace_back(AskSerial{zone.visit, zone.origin, zone.shown.primaries[zone.primary]});
}

void Refresher::on(const Answered& event) {
  Zone* zone = end_visit(event.visit);
  if (zone == nullptr) return;
  if (!event.problem.empty()) return next_primary(*zone, event.problem);
  zone->limit = event.expire;
  const auto& held = zone->shown.held;
  const bool newer = !held || zone->wanted || dns::serial_greater(event.serial, held->serial);
  if (newer) return want_fetch(*zone);
  confirm(*zone, fmt::format("serial {} is still the newest", event.serial));
}

/// The address that the zone is transferred from.
IpAddress Refresher::source_of(const Zone& zone) {
  const auto& primaries = zone.shown.primaries;
  return primaries[zone.primary % primaries.size()].address.address.unmapped();
}

void Refresher::want_fetch(Zone& zone) {
  zone.step = Step::fetch_queued;
  sources_[source_of(zone)].waiting.push_back(zone.origin);
}

void Refresher::fetch(Zone& zone) {
  zone.primary %= zone.shown.primaries.size();
  zone.step = Step::fetching;
  Source& source = sources_[source_of(zone)];
  ++source.under_way;
  fetches_.emplace(begin_visit(zone), Transfer{zone.origin, source_of(zone)});
  source.last_visit = last_visit_;
  Fetch wanted{zone.visit, zone.origin, zone.shown.primaries[zone.primary], {}};
  if (!zone.whole && zone.shown.held) wanted.serial = zone.shown.held->serial;
  effects_.emplace_back(wanted);
}

void Refresher::on(const NotFetched& event) {
  Zone* zone = end_visit(event.visit);
  if (zone == nullptr) return;
  fetch_failed(*zone, event.problem.empty() ? "the primary sent no changes" : event.problem);
}

void Refresher::on(const NotBuilt& event) {
  Zone* zone = end_visit(event.visit);
  if (zone != nullptr) fetch_failed(*zone, event.problem);
}

/// RFC 1995 section 4: what IXFR does not bring, AXFR does.
void Refresher::fetch_failed(Zone& zone, const std::string& problem) {
  const bool changes = !zone.whole && zone.shown.held;
  if (!changes) return next_primary(zone, problem);
  zone.whole = true;
  want_fetch(zone);
}

void Refresher::on(const Built& event) {
  Zone* zone = end_visit(event.visit);
  if (zone == nullptr) return;
  zone->shown.held = event.held;
  zone->whole = zone->wanted = false;
  zone->transferred = true;
  const std::string what = event.changes_from
                               ? fmt::format("the changes since {}", *event.changes_from)
                               : "the whole zone";
  confirm(*zone, fmt::format("serial {}, {}", event.held.serial, what));
}

void Refresher::next_primary(Zone& zone, const std::string& problem) {
  const std::string text = fmt::format(
      "{}: {}",
      zone.shown.primaries[zone.primary % zone.shown.primaries.size()].address.to_string(),
      problem);
  ++zone.primary;
  zone.whole = zone.wanted;
  if (++zone.tried < zone.shown.primaries.size()) {
    zone.step = Step::queued;
    questions_waiting_.push_back(zone.origin);
    return;
  }
  ++zone.failures;
  const bool first = zone.shown.problem.empty();
  zone.shown.problem = text;
  zone.wanted = zone.whole = false;
  effects_.emplace_back(RoundEnded{zone.origin, false, text, first});
  end_round(zone, jittered(pause_after_failures(zone)));
}

void Refresher::confirm(Zone& zone, std::string text) {
  FollowedState& shown = zone.shown;
  shown.from = shown.primaries[zone.primary % shown.primaries.size()].address;
  shown.confirmed = now_;
  shown.expires = expires_of(zone);
  if (std::exchange(shown.expired, false)) effects_.emplace_back(Revived{zone.origin});
  const bool first = !std::exchange(shown.problem, {}).empty();
  zone.failures = 0;
  zone.wanted = zone.whole = false;
  effects_.emplace_back(RoundEnded{zone.origin, true, std::move(text), first, zone.transferred});
  keep_soon();
  end_round(zone, jittered(pause_of(shown.held->refresh)));
}

/// RFC 7314 section 4: no later than the primary itself may serve the zone; where nothing was
/// transferred, no earlier than before.
Instant Refresher::expires_of(const Zone& zone) const {
  const FollowedState& shown = zone.shown;
  const Instant by_soa = now_ + std::chrono::seconds(shown.held->expire);
  if (!zone.limit) return by_soa;
  const Instant by_primary = std::min(by_soa, now_ + std::chrono::seconds(*zone.limit));
  if (zone.transferred || !shown.expires) return by_primary;
  return std::min(by_soa, std::max(by_primary, *shown.expires));
}

void Refresher::end_round(Zone& zone, Duration pause) {
  zone.step = Step::idle;
  zone.shown.next = now_ + pause;
  if (zone.again) return begin_round(zone);
  if (zone.notifier) return start_for_notify(zone);
  schedule(zone);
}

void Refresher::keep_soon() {
  if (!keep_at_) keep_at_ = now_ + kKeepPause;
}

Duration Refresher::jittered(Duration pause) {
  const double kept = 1.0 - kJitter * random_.unit();
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double, std::nano>(static_cast<double>(pause.count()) * kept));
}

Duration Refresher::pause_of(std::uint32_t seconds) {
  return std::clamp<Duration>(std::chrono::seconds(seconds), kMinPause, kMaxPause);
}

/// The retry time, which doubles up to the refresh time.
Duration Refresher::pause_after_failures(const Zone& zone) const {
  const std::size_t doublings = std::min(zone.failures - 1, kMaxDoublings);
  const auto& held = zone.shown.held;
  const Duration first = held ? pause_of(held->retry) : kFirstPause;
  const Duration most = held ? std::max(first, pause_of(held->refresh)) : kMaxFirstPause;
  return std::min(first * (1 << doublings), most);
}

}  // namespace rollcall::follow
