#include "roster/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "roster/pool_words.hpp"
#include "roster/roster.hpp"
#include "roster/shares.hpp"

namespace rollcall::roster {

Status Roster::status(Instant now) const {
  Status status;
  status.version = ROLLCALL_VERSION;
  status.uptime = running_ ? now - started_ : Duration{};
  status.normal = normal_;
  if (normal_ && normal_until_) status.normal_left = std::max(*normal_until_ - now, Duration{});
  if (freeze_) status.frozen = FreezeStatus{freeze_->why, now - freeze_->since, held_};
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    const WitnessSpec& spec = guard_.witnesses[i];
    status.witnesses.push_back(
        {spec.address, spec.check.name, witnesses_[i].answers, witnesses_[i].has_vote});
  }
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
  for (const auto& pool : pools_) {
    if (pool) status.pools.push_back(pool_status(*pool, now));
  }
  return status;
}

PoolStatus Roster::pool_status(const Pool& pool, Instant now) const {
  const bool open = pool.spec.when_all_down == WhenAllDown::fail_open;
  PoolStatus shown{.name = pool.spec.name,
                   .checks = {},
                   .when_all_down = to_string(pool.spec.when_all_down),
                   .failed_open = pool.all_down && open && !normal_ && !pool.spec.observe_only,
                   .members = {},
                   .records = pool.spec.records,
                   .all_down = pool.all_down,
                   .min_healthy = pool.spec.min_healthy,
                   .observe_only = pool.spec.observe_only,
                   .max_answers = pool.spec.max_answers,
                   .zone = zones_[pool.zone]->origin,
                   .flap_damping = pool.spec.flap_damping,
                   .on_backup = pool.on_backup};
  if (pool.all_down) {
    shown.all_down_text = fmt::format(
        "{}; {}", why_all_down(pool),
        normal_ ? std::string("returning all (normal is on)") : answer_when_all_down(pool));
  }
  for (const health::CheckSpec& check : pool.spec.checks) {
    shown.checks += (shown.checks.empty() ? "" : ", ") + check.name;
  }
  if (pool.spec.needed != 0) {
    shown.checks = std::to_string(pool.spec.needed) + " of " + shown.checks;
  }
  for (std::size_t i = 0; i < pool.members.size(); ++i) {
    const Member& member = pool.members[i];
    MemberStatus row{.address = member.address,
                     .health = member.elsewhere ? Health::unknown : member.health,
                     .live = is_live(pool, i),
                     .since = now - member.since,
                     .reason = reason_of(member),
                     .restart = member.service,
                     .exchange = member.exchange,
                     .tier = member.tier,
                     .held = (member.health == Health::down) != (member.judged == Health::down),
                     .would_be_live = would_be_live(pool, i),
                     .degraded = member.degraded,
                     .weight = member.weight,
                     .share = static_cast<double>(share_of(pool, member)) / kWholeShare,
                     .elsewhere = member.elsewhere,
                     .restart_note = restart_note(pool, member, now)};
    for (const RunIndex run : member.runs) {
      row.probes += runs_[run].probes;
      const std::optional<std::uint8_t>& asked = runs_[run].percent;
      if (asked) row.percent = std::min(*asked, row.percent.value_or(*asked));
    }
    if (const OverridePtr& given = member.override_set) {
      row.override_kind = given->kind;
      row.override_reason = given->reason;
      if (given->until) row.override_left = std::max(*given->until - now, Duration{});
    }
    row.flap_penalty = member.flaps.at(now);
    if (member.is_kept_back()) {
      const Instant until = std::max(member.damped_until.value_or(Instant::min()),
                                     member.waits_until.value_or(Instant::min()));
      row.kept_back = member.damped_until ? "flapping" : "failback";
      if (until != kForEver) row.kept_left = std::max(until - now, Duration{});
    }
    for (const RunIndex run : member.runs) {
      const auto unasked = unasked_.find(run);
      if (unasked == unasked_.end()) continue;
      row.reason += (row.reason.empty() ? "" : "; ") + ("cannot probe: " + unasked->second);
      break;  // the other checks most likely lack the same
    }
    shown.members.push_back(std::move(row));
  }
  return shown;
}

/// Why the agent of a member that is down was not asked to restart its service, in the order in
/// which settle() and try_restarts() look.
std::string Roster::restart_note(const Pool& pool, const Member& member, Instant now) const {
  if (member.health != Health::down || member.service.empty()) return {};
  if (pool.restart) {
    const auto open = restarts_.find(*pool.restart);
    if (open == restarts_.end() || open->second.member == member.address) return "under way";
    return "waits for the restart on " + open->second.member.to_string();
  }
  if (member.override_set) return fmt::format("not asked: {}", to_string(member.override_kind()));
  if (freeze_) return "not asked: answers are frozen";
  if (is_unwitnessed()) return "not asked: no witness has answered yet";
  if (pool.spec.observe_only) return "not asked: observe_only";
  const auto fallen = [this](RunIndex run) { return runs_[run].verdict.fallen(); };
  if (std::ranges::none_of(member.runs, fallen)) return "not asked: too few bad probes yet";
  if (std::ranges::none_of(member.runs,
                           [&](RunIndex run) { return fallen(run) && !runs_[run].withdrawn; })) {
    return "not asked: the member itself asks to be left out";
  }
  const Instant from = member.restarts.allowed_from(now);
  if (from <= now) return {};
  return fmt::format("asked again in {}: {}",
                     format_duration(std::chrono::ceil<std::chrono::seconds>(from - now)),
                     member.restarts.is_spent(now)
                         ? fmt::format("{} restarts an hour are allowed", kRestartsPerWindow)
                         : fmt::format("once in {} is allowed", format_duration(kRestartPause)));
}

bool Roster::is_in(const Pool& pool, std::size_t member,
                   const std::function<std::uint64_t(const Watch&)>& mask_of) const {
  for (const std::uint32_t id : pool.watches) {
    const Watch& watch = zones_[pool.zone]->watches[id];
    if (!watch.pool || pools_[*watch.pool].get() != &pool) continue;
    for (const Seat& seat : watch.seats) {
      if (seat.member == member) return (mask_of(watch) >> seat.record & 1) != 0;
    }
  }
  return false;
}

bool Roster::is_live(const Pool& pool, std::size_t member) const {
  return is_in(pool, member, [](const Watch& watch) { return watch.mask; });
}

/// By what is decided, whether it is answered so or not.
bool Roster::would_be_live(const Pool& pool, std::size_t member) const {
  if (!normal_ && !pool.spec.observe_only) return is_live(pool, member);
  return is_in(pool, member, [this](const Watch& watch) { return decide(watch); });
}

const char* to_string(OverrideKind kind) {
  switch (kind) {
    case OverrideKind::drained:
      return "drained";
    case OverrideKind::forced_up:
      return "forced-up";
    case OverrideKind::forced_down:
      return "forced-down";
    case OverrideKind::automatic:
      break;
  }
  return "auto";
}

const char* to_string(WhenAllDown rule) {
  switch (rule) {
    case WhenAllDown::fail_closed:
      return "fail_closed";
    case WhenAllDown::fallback:
      return "fallback";
    case WhenAllDown::fail_open:
      break;
  }
  return "fail_open";
}

const char* to_string(Tier tier) {
  switch (tier) {
    case Tier::backup:
      return "backup";
    case Tier::fallback:
      return "fallback";
    case Tier::primary:
      break;
  }
  return "primary";
}

}  // namespace rollcall::roster
