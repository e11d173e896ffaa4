#include "roster/roster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "health/schedule.hpp"

namespace rollcall::roster {

Roster::Roster(SavedState saved, std::uint64_t seed) : random_(seed), saved_(std::move(saved)) {}

std::vector<Effect>& Roster::step(const Event& event, Instant now) {
  now_ = now;
  effects_.clear();
  if (!running_) {
    running_ = true;
    started_ = now;
    chores_.add(now + kSaveInterval, {Chore::save, 0});
    load_overrides();
    load_health();
    load_restarts();
  }
  std::visit([this](const auto& e) { on(e); }, event);
  run_due();
  if (std::exchange(overrides_dirty_, false)) emit(SaveOverrides{overrides_to_save()});
  ask_to_be_woken();
  return effects_;
}

void Roster::on(const Configured& event) {
  probes_.most = event.max_probes;
  programs_.most = event.max_programs;
  max_wires_ = event.max_wires;
  specs_.clear();
  for (const PoolSpec& spec : event.pools) specs_.emplace(spec.name, spec);
  set_guard(event);
  forget_waiting([&](const SavedOverride& saved) { return !specs_.contains(saved.pool); });
  serial_policies_ = event.serial_policies;
  const std::unordered_set<dns::Name> origins(event.origins.begin(), event.origins.end());
  for (std::uint32_t i = 0; i < zones_.size(); ++i) {
    auto& zone = zones_[i];
    if (zone) zone->policy = serial_policy_of(zone->origin);
    if (!zone || origins.contains(zone->origin)) continue;
    for (const std::uint32_t pool : zone->pools) forget_pool(pool);
    forget_exchanges(i);
    emit(DropZone{zone->origin});
    // Its serial lives on in what was kept: a zone that comes back must not go back.
    if (zone->serial.last()) saved_.serials[zone->origin] = serial_to_save(*zone);
    zone_index_.erase(zone->origin);
    zone.reset();
  }
  recount_members();
}

void Roster::on(const ZoneBuilt& event) {
  const std::uint32_t index = zone_index(event.zone->origin());
  ServedZone& zone = *zones_[index];
  if (zone.published && zone.sent.empty()) zone.sent = serial_to_save(zone).content;
  zone.zone = event.zone;
  zone.content = event.content;
  zone.unsent_version = true;
  zone.unsent.clear();
  zone.problem.clear();
  bind_pools(index, specs_);
  bind_watches(index);

  std::vector<zone::MaskChange> masks;
  for (std::uint32_t i = 0; i < zone.watches.size(); ++i) {
    Watch& watch = zone.watches[i];
    watch.mask = evaluate(watch);
    masks.push_back({WatchId{i}, watch.mask});
  }
  emit(StoreMasks{zone.zone, std::move(masks), shown_serial(zone), false});
  store_shares(index, zone.all_watches());
  if (zone.published) {
    publish(index);
  } else {
    keep_serials_ahead(zone);
    publish_when_ready(index);
  }
  if (!zone.published) {
    emit(PublishZone{zone.origin, nullptr});
    chores_.add(now_ + kReadyLimit, {Chore::zone_ready, index});
  }
  rebind_exchanges(index);
  recount_members_later();
}

/// The pools may be configured anew all the same.
void Roster::on(const ZoneUnchanged& event) {
  const auto found = zone_index_.find(event.origin);
  if (found == zone_index_.end() || !zones_[found->second]->zone) return;
  zones_[found->second]->problem.clear();
  rebind(found->second, specs_);
  recount_members_later();
}

void Roster::on(const ZoneRefused& event) {
  ServedZone& zone = *zones_[zone_index(event.origin)];
  zone.problem = event.problem;
  const bool older = zone.zone != nullptr;
  if (!older) emit(PublishZone{zone.origin, nullptr, true});
  emit(Happening{.kind = HappeningKind::zone_refused,
                 .alert = false,
                 .subject = fmt::format("zone {}: refused, {}", zone.origin.to_display(),
                                        older ? "the old version stays" : "answered with SERVFAIL"),
                 .detail = {},  // every message of the load has been logged
                 .name = zone.origin,
                 .member = std::nullopt});
}

void Roster::on(const ProbeDone& event) {
  Run* const found = find_run(event.probe);
  if (found == nullptr || !found->open) {  // forgotten meanwhile
    programs_.open -= orphans_.erase(event.probe);
    return;
  }
  Run& run = *found;
  const auto index = static_cast<RunIndex>(event.probe.value);
  run.open = false;
  --lane_of(run).open;
  const bool witness = run.pool == kNoPool;
  if (witness && std::exchange(witnesses_[run.member].asked, false)) ask_witness(run.member);
  if (event.outcome.unknown) {
    unasked_[index] = event.outcome.reason;
  } else if (!unasked_.empty()) {
    unasked_.erase(index);
  }
  const bool outlived = event.outcome.yields && run.verdict.state() != health::State::unknown;
  if (event.outcome.unknown || outlived) {  // all that was said before holds
    if (event.outcome.scarce && &lane_of(run) != &programs_) drop_all_wires();
    const Duration soon = health::next_delay(*run.check, true, random_);
    return schedule(index, std::max(now_, run.started + soon));
  }
  ++run.probes;
  // However often it is asked why a wire ended: these bad probes are one.
  if (event.outcome.good || !run.wire.repeats) run.verdict.apply(event.outcome.good);
  if (run.wire.is_explained_by(run.started)) explain_end(run, event.outcome);
  if (run.verdict.state() == health::State::down && run.wire.held) {
    drop_wire(index);  // what still stands may lead to a host that is gone
  }
  run.reason = event.outcome.reason;
  run.degradation.apply(event.outcome, run.check->rise);
  if (!event.outcome.silent) {  // else what it said last still holds
    run.withdrawn = event.outcome.withdrawn;
    run.percent = event.outcome.percent;
  }

  if (witness) {
    const bool in_doubt = freeze_ || !event.outcome.good;
    schedule(index,
             std::max(now_, run.started + health::next_delay(*run.check, in_doubt, random_)));
    // One that asks to be left out has been heard.
    const bool heard = event.outcome.good || event.outcome.withdrawn;
    return witness_probed(run.member, heard, run.started);
  }
  if (!event.outcome.good && run.verdict.in_doubt()) ask_witnesses();

  const Duration delay = run.probes == 1 && !run.verdict.in_doubt()
                             ? health::second_delay(*run.check, random_)
                             : health::next_delay(*run.check, run.verdict.in_doubt(), random_);
  Instant next = run.started + delay;
  if (event.outcome.good && run.check->tripwire) {
    hold_wire(index);
    // Who has no wire because there are too many is probed as usual.
    if (!run.wire.held && run.wire.next > now_) next = std::min(next, run.wire.next);
  }
  schedule(index, run.wire.cut ? next_after_end(run.wire) : std::max(now_, next));

  const std::uint32_t pool = run.pool;
  const bool other_share = !freeze_ && take_percent(pools_[pool]->members[run.member]);
  settle(pool, run.member);
  if (other_share) policy_changed(pool);
}

void Roster::on(const FileChanged& event) {
  for (RunIndex index = 0; index < runs_.size(); ++index) {
    const Run& run = runs_[index];
    if (!run.check || run.open) continue;  // free, or about to read it
    const auto* file = std::get_if<health::FileCheck>(&run.check->how);
    if (file != nullptr && file->file == event.file) schedule(index, now_);
  }
}

void Roster::on(const AgentReplied& event) {
  const auto found = restarts_.find(event.restart);
  if (found == restarts_.end()) return;
  const OpenRestart restart = std::move(found->second);
  restarts_.erase(found);
  emit(Happening{.kind = event.ok ? HappeningKind::restart_done : HappeningKind::restart_failed,
                 .alert = true,
                 .subject = fmt::format("restart of {} on {} {}", restart.service,
                                        restart.member.to_string(), event.ok ? "done" : "failed"),
                 .detail = event.text,
                 .name = pools_[restart.pool] ? pools_[restart.pool]->spec.name : dns::Name(),
                 .member = restart.member});
  if (!pools_[restart.pool]) return;
  Pool& pool = *pools_[restart.pool];
  if (pool.restart == event.restart) pool.restart.reset();
  // See at once whether it helped.
  for (const Member& member : pool.members) {
    if (member.address != restart.member || !event.ok) continue;
    for (const RunIndex run : member.runs) {
      if (!runs_[run].open) schedule(run, now_);
    }
  }
  try_restarts(restart.pool);
}

void Roster::on(const RestartWanted& event) {
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (!pools_[i]) continue;
    for (const Member& member : pools_[i]->members) {
      if (member.elsewhere || member.address != event.member) continue;
      if (pools_[i]->restart) {
        return refuse_restart(event, fmt::format("pool {} has a restart under way",
                                                 pools_[i]->spec.name.to_display()));
      }
      begin_restart(i, event.member, event.service, event.restart, event.actor);
      return;
    }
  }
  refuse_restart(event, "it is not a member of any pool");
}

void Roster::refuse_restart(const RestartWanted& event, const std::string& reason) {
  std::string subject = fmt::format("restart of {} on {} refused: {}", event.service,
                                    event.member.to_string(), reason);
  emit(RestartRefused{event.restart, subject});
  emit(Happening{.kind = HappeningKind::restart_failed,
                 .alert = false,
                 .subject = std::move(subject),
                 .detail = {},
                 .name = {},
                 .member = event.member});
}

void Roster::on(const Stopping&) {
  for (const auto& zone : zones_) {
    if (!zone || !zone->zone || !zone->serial.last()) continue;
    emit(KeepSerial{zone->origin, serial_to_save(*zone)});
  }
  send_held_alerts();
  emit(SaveHealth{health_to_save()});
  if (restarts_dirty_) emit(SaveRestarts{restarts_to_save()});
  overrides_dirty_ = true;  // their ends by today's calendar
}

void Roster::run_due() {
  while (const auto timer = chores_.take_due(now_)) run_chore(*timer);
  start_due(probes_);
  start_due(programs_);
}

void Roster::start_due(Lane& lane) {
  while (lane.has_room()) {
    const auto timer = lane.timers.take_due(now_);
    if (!timer) break;
    const Run& run = runs_[timer->run];
    if (run.generation == timer->generation && run.timer == timer->timer) start_probe(timer->run);
  }
}

void Roster::run_chore(const ChoreTimer& timer) {
  switch (timer.chore) {
    case Chore::zone_ready:
      if (zones_[timer.index] && !zones_[timer.index]->published) publish(timer.index);
      break;
    case Chore::notify:
      if (zones_[timer.index]) {
        zones_[timer.index]->notify_waiting = false;
        ask_notify(timer.index);
      }
      break;
    case Chore::restart:
      if (pools_[timer.index]) try_restarts(timer.index);
      break;
    case Chore::save:
      save_pending_ = false;
      emit(SaveHealth{health_to_save()});
      if (std::exchange(restarts_dirty_, false)) emit(SaveRestarts{restarts_to_save()});
      if (timer.index == 0) chores_.add(now_ + kSaveInterval, timer);
      break;
    case Chore::override_end:
      if (pools_[timer.index]) end_overrides(timer.index);
      break;
    case Chore::take_back:
      if (pools_[timer.index]) take_back_due(timer.index);
      break;
    case Chore::ramp_step:
      if (pools_[timer.index]) grow_shares(timer.index);
      break;
    case Chore::ask_witness:
      start_witness(timer.index);
      break;
    case Chore::alerts:
      send_due_alerts();
      break;
    case Chore::normal_end:
      if (normal_ && normal_until_ && *normal_until_ <= now_) {
        set_normal(false, std::nullopt, "normal has ended: its time is up");
      }
      break;
  }
}

void Roster::ask_to_be_woken() {
  std::optional<Instant> next = chores_.earliest();
  for (const Lane* lane : {&probes_, &programs_}) {
    // With all probes open the next ProbeDone brings us here again.
    const auto probe = lane->has_room() ? lane->timers.earliest() : std::nullopt;
    if (probe && (!next || *probe < *next)) next = probe;
  }
  if (!next || next == wake_wanted_) return;
  wake_wanted_ = next;
  emit(WakeAt{*next});
}

const char* to_string(HappeningKind kind) {
  switch (kind) {
    case HappeningKind::dropped:
      return "dropped";
    case HappeningKind::returned:
      return "returned";
    case HappeningKind::degraded:
      return "degraded";
    case HappeningKind::not_degraded:
      return "not_degraded";
    case HappeningKind::restart_asked:
      return "restart_asked";
    case HappeningKind::restart_done:
      return "restart_done";
    case HappeningKind::restart_failed:
      return "restart_failed";
    case HappeningKind::all_down:
      return "all_down";
    case HappeningKind::not_all_down:
      return "not_all_down";
    case HappeningKind::backup_took_over:
      return "backup_took_over";
    case HappeningKind::backup_gave_back:
      return "backup_gave_back";
    case HappeningKind::zone_served:
      return "zone_served";
    case HappeningKind::zone_refused:
      return "zone_refused";
    case HappeningKind::override_set:
      return "override_set";
    case HappeningKind::override_ended:
      return "override_ended";
    case HappeningKind::normal_on:
      return "normal_on";
    case HappeningKind::normal_off:
      return "normal_off";
    case HappeningKind::frozen:
      return "frozen";
    case HappeningKind::thawed:
      return "thawed";
    case HappeningKind::witness_silent:
      return "witness_silent";
    case HappeningKind::witness_heard:
      return "witness_heard";
    case HappeningKind::state_damaged:
      return "state_damaged";
    case HappeningKind::state_not_kept:
      return "state_not_kept";
    case HappeningKind::state_kept:
      return "state_kept";
    case HappeningKind::secondary_ahead:
      return "secondary_ahead";
  }
  return "";
}

}  // namespace rollcall::roster
