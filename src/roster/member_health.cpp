/// The roster's members: their probes, their verdicts, their restarts.
#include <fmt/format.h>

#include <algorithm>

#include "health/combine.hpp"
#include "health/schedule.hpp"
#include "roster/pool_words.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
Health combined_health(const std::vector<Run>& runs, const Member& member, std::size_t needed) {
  health::StateCount count;
  for (const RunIndex index : member.runs) count.add(runs[index].verdict.state());
  switch (health::combine(count, needed)) {
    case health::State::up:
      return Health::up;
    case health::State::down:
      return Health::down;
    case health::State::unknown:
      break;
  }
  return Health::unknown;
}

std::string to_display(const Member& member) {
  if (member.elsewhere) return member.exchange;
  if (member.exchange.empty()) return member.address.to_string();
  return fmt::format("{} ({})", member.exchange, member.address.to_string());
}

void Roster::schedule(RunIndex index, Instant at) {
  Run& run = runs_[index];
  lane_of(run).timers.add(at, {index, run.generation, ++run.timer});
}

Lane& Roster::lane_of(const Run& run) {
  return std::holds_alternative<health::ExecCheck>(run.check->how) ? programs_ : probes_;
}

ProbeId Roster::probe_id(RunIndex index) const {
  return {std::uint64_t{runs_[index].generation} << 32 | index};
}

/// Null: it was forgotten.
Run* Roster::find_run(ProbeId probe) {
  const auto index = static_cast<RunIndex>(probe.value);
  if (index >= runs_.size() || runs_[index].generation != probe.value >> 32) return nullptr;
  return &runs_[index];
}

Endpoint Roster::target_of(const Run& run) const {
  Endpoint target = run.pool == kNoPool ? Endpoint{guard_.witnesses[run.member].address, 0}
                                        : pools_[run.pool]->members[run.member].probed;
  if (target.port == 0) target.port = run.check->port;
  return target;
}

void Roster::start_probe(RunIndex index) {
  Run& run = runs_[index];
  run.open = true;
  run.started = now_;
  ++lane_of(run).open;
  StartProbe start{.probe = probe_id(index),
                   .member = {},
                   .target = target_of(run),
                   .check = run.check,
                   .host = {}};
  if (run.pool == kNoPool) {
    witnesses_[run.member].asked = false;
    start.member = guard_.witnesses[run.member].address;
    start.host = start.member.to_string();
  } else {
    const Pool& pool = *pools_[run.pool];
    const Member& member = pool.members[run.member];
    start.member = member.address;
    if (run.check->host.empty() && health::uses_host(*run.check)) {
      start.host = member.exchange.empty() ? pool.spec.name.to_display() : member.exchange;
    }
  }
  if (!run.check->host.empty()) start.host = run.check->host;
  emit(std::move(start));
}

/// A probe of this member has ended: carries its consequences into masks, mails and restarts.
void Roster::settle(std::uint32_t pool_index, std::uint32_t member_index) {
  Pool& pool = *pools_[pool_index];
  Member& member = pool.members[member_index];
  const Health before =
      std::exchange(member.health, combined_health(runs_, member, pool.spec.needed));
  if (member.health != before) {
    ServedZone& zone = *zones_[pool.zone];
    const Instant fell = std::exchange(member.since, now_);
    if (member.health == Health::down) member_fell(pool, member, before);
    if (before == Health::down) member_returned(pool, member, fell);
    PoolState was{pool.all_down, pool.on_backup};
    if (!freeze_) {
      judge(pool_index, member);
      was = apply_policy(pool_index);
    }
    tell_health(pool, member, before, was);
    if (freeze_ && held_ == 0) thaw("all members that had gone down are up again", false);
    save_soon();
    // One check may be down before another one has said anything: then down turns to unknown.
    if (member.health == Health::unknown) ++zone.unknown_members;
    if (before == Health::unknown) --zone.unknown_members;
    publish_when_ready(pool.zone);
  }
  settle_degradation(pool, member);
  member.wants_restart = member.health == Health::down && !member.override_set &&
                         !member.service.empty() &&
                         std::ranges::any_of(member.runs, [&](RunIndex r) {
                           return runs_[r].verdict.fallen() && !runs_[r].withdrawn;
                         });
  if (member.wants_restart) try_restarts(pool_index);
}

/// Stores what follows from how a pool's members are judged now.
/// @return how the pool was before
Roster::PoolState Roster::apply_policy(std::uint32_t index) {
  const PoolState was = renew_state(index);
  note_returns(index);
  store_masks(pools_[index]->zone, pools_[index]->watches);
  return was;
}

Roster::PoolState Roster::renew_state(std::uint32_t index) {
  Pool& pool = *pools_[index];
  return {.all_down = std::exchange(pool.all_down, is_all_down(index)),
          .on_backup = std::exchange(pool.on_backup, is_on_backup(index))};
}

/// An override has come or gone, a member is kept back no longer or has another share.
void Roster::policy_changed(std::uint32_t index) {
  tell_state(*pools_[index], apply_policy(index));
}

/// A member that is degraded is answered; people are told of it.
void Roster::settle_degradation(const Pool& pool, Member& member) {
  const bool any =
      std::ranges::any_of(member.runs, [&](RunIndex r) { return runs_[r].degradation.on(); });
  const bool before = std::exchange(member.degraded, any && member.health == Health::up);
  if (member.degraded == before || member.health != Health::up) return;
  const std::string who = fmt::format("{}: {}", pool.spec.name.to_display(), to_display(member));
  const bool live = is_live(pool, static_cast<std::size_t>(&member - pool.members.data()));
  emit(Happening{.kind = any ? HappeningKind::degraded : HappeningKind::not_degraded,
                 .alert = !member.override_set,  // an operator has it in hand
                 .subject = any ? fmt::format("{} is degraded: {}", who, reason_of(member))
                                : fmt::format("{} is no longer degraded", who),
                 .detail = any && live ? "it is still answered" : "",
                 .name = pool.spec.name,
                 .member = member.address});
}

/// Why the member is as it is: the word of a check that is bad, else of one that is degraded.
const std::string& Roster::reason_of(const Member& member) const {
  static const std::string kNone;
  const std::string* reason = &kNone;
  for (const RunIndex index : member.runs) {
    const Run& run = runs_[index];
    if (!run.reason.empty() && run.verdict.bad_run() > 0) return run.reason;
    if (reason->empty()) reason = &run.reason;
  }
  return *reason;
}

void Roster::tell_health(const Pool& pool, const Member& member, Health before, PoolState was) {
  const std::string name = pool.spec.name.to_display();
  const std::string who = to_display(member);
  Happening told{.kind = HappeningKind::dropped,
                 // An operator has it in hand, or was told of all of them at once.
                 .alert = !member.override_set && !freeze_,
                 .subject = {},
                 .detail = {},
                 .name = pool.spec.name,
                 .member = member.address};
  if (member.health == Health::down) {
    told.subject = fmt::format("{}: {} is down: {}", name, who, reason_of(member));
    told.detail = down_detail(pool, member);
    tell(std::move(told), member);
  } else if (before == Health::down) {
    told.kind = HappeningKind::returned;
    told.subject = fmt::format("{}: {} is up again", name, who);
    told.detail = up_detail(pool, member);
    tell(std::move(told), member);
  }
  tell_state(pool, was);
}

std::string Roster::down_detail(const Pool& pool, const Member& member) const {
  const auto place = static_cast<std::size_t>(&member - pool.members.data());
  if (member.override_set) {
    return fmt::format("override: {}", to_string(member.override_kind()));
  }
  if (normal_) return "normal is on: it is still answered";
  if (pool.spec.observe_only) {
    return fmt::format(
        "observe_only: it would {}{}",
        would_be_live(pool, place) ? "still be answered" : "be left out",
        member.service.empty() ? "" : ", and its agent asked to restart " + member.service);
  }
  const bool live = is_live(pool, place);
  if (freeze_) return "answers are frozen: they stay as they were";
  if (pool.all_down) return why_all_down(pool);
  if (!live) return "it is left out of the answers";
  if (!member.exchange.empty()) return "its exchange is answered: another address of it is up";
  return fmt::format("it is still answered: too few members of its type are up ({})",
                     to_string(pool.spec.when_all_down));
}

std::string Roster::up_detail(const Pool& pool, const Member& member) const {
  if (member.override_set) {
    return fmt::format("override: {}", to_string(member.override_kind()));
  }
  if (freeze_) return "answers are frozen: they stay as they were";
  const auto place = static_cast<std::size_t>(&member - pool.members.data());
  if (pool.spec.observe_only) {
    return fmt::format("observe_only: it would {}",
                       would_be_live(pool, place) ? "be answered again" : "still be left out");
  }
  if (is_live(pool, place)) return "it is answered again";
  if (member.is_kept_back()) return kept_back_detail(pool, member);
  if (member.tier == Tier::primary) return "it is not answered: too few are up";
  return fmt::format("it is a {}, and not needed now", to_string(member.tier));
}

/// Tells where a pool has become all down or is so no longer, and where its backup tier has begun
/// or ended to serve.
void Roster::tell_state(const Pool& pool, PoolState was) {
  if (pool.members.empty()) return;
  const std::string name = pool.spec.name.to_display();
  Happening told{.kind = pool.all_down ? HappeningKind::all_down : HappeningKind::not_all_down,
                 .alert = true,
                 .subject = {},
                 .detail = {},
                 .name = pool.spec.name,
                 .member = std::nullopt};
  if (pool.all_down && !was.all_down) {
    told.subject =
        fmt::format("{}: {}; {}", name, why_all_down(pool),
                    normal_ ? "returning all (normal is on)" : answer_when_all_down(pool));
    tell_of_pool(pool, told);
  } else if (was.all_down && !pool.all_down) {
    told.subject =
        fmt::format("{}: {} up again", name,
                    pool.spec.min_healthy == 0 ? "at least one member is" : "enough members are");
    tell_of_pool(pool, told);
  }
  if (pool.on_backup == was.on_backup || pool.all_down) return;
  told.kind = pool.on_backup ? HappeningKind::backup_took_over : HappeningKind::backup_gave_back;
  told.subject =
      pool.on_backup
          ? fmt::format("{}: the backup tier takes over: {}", name, primaries_left(pool))
          : fmt::format("{}: the primary tier serves again, the backup gives back", name);
  tell_of_pool(pool, std::move(told));
}

/// Told of its first member that has probes: an alert that is held is found again by one.
void Roster::tell_of_pool(const Pool& pool, Happening told) {
  const auto probed = std::ranges::find(pool.members, false, &Member::elsewhere);
  if (probed == pool.members.end()) return emit(std::move(told));
  tell(std::move(told), *probed);
}

void Roster::try_restarts(std::uint32_t index) {
  Pool& pool = *pools_[index];
  if (pool.restart || freeze_ || pool.spec.observe_only || is_unwitnessed()) return;
  std::optional<Instant> later;
  for (Member& member : pool.members) {
    if (!member.wants_restart) continue;
    const Instant from = member.restarts.allowed_from(now_);
    if (from <= now_) {
      member.wants_restart = false;  // the next bad probe wants again; the ledger says when
      begin_restart(index, member.address, member.service, next_restart_id(), {});
      return;
    }
    if (!later || from < *later) later = from;
  }
  const bool waiting = pool.restart_wait && *pool.restart_wait > now_;
  if (!later || (waiting && *pool.restart_wait <= *later)) return;
  pool.restart_wait = later;
  chores_.add(*later, {Chore::restart, index});
}

void Roster::begin_restart(std::uint32_t index, const IpAddress& address,
                           const std::string& service, RestartId id, std::string_view actor) {
  Pool& pool = *pools_[index];
  pool.restart = id;
  restarts_.emplace(id, OpenRestart{index, address, service});
  for (Member& member : pool.members) {
    if (member.address == address) member.restarts.note(now_);
  }
  emit(Happening{.kind = HappeningKind::restart_asked,
                 .alert = false,
                 .subject = fmt::format("{}: asking the agent of {} to restart {}{}{}",
                                        pool.spec.name.to_display(), address.to_string(), service,
                                        actor.empty() ? "" : ", requested by ", actor),
                 .detail = {},
                 .name = pool.spec.name,
                 .member = address});
  restarts_dirty_ = true;
  save_soon();
  emit(RestartService{id, address, service});
}

void Roster::save_soon() {
  if (save_pending_) return;
  save_pending_ = true;
  chores_.add(now_ + kSaveDelay, {Chore::save, 1});
}

}  // namespace rollcall::roster
