/// Roster: its status.
#include "pool/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pool/shares.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {

Status Roster::status(Instant now) const {
  Status status;
  status.version = ROLLCALL_VERSION;
  status.uptime = running_ ? now - step_.started : Duration{};
  status.normal = is_normal();
  if (const auto until = overrides_.normal_until()) {
    status.normal_left = std::max(*until - now, Duration{});
  }
  guard_.show(status, now);
  if (const auto until = restarts_.stopped_until(); until && *until > now) {
    status.restarts_stopped = *until - now;
  }
  board_.show(status);
  roll_.each_pool(
      [&](PoolIndex pool, const Pool&) { status.pools.push_back(pool_status(pool, now)); });
  return status;
}

std::set<IpAddress> Roster::nodes_with_services() const {
  std::set<IpAddress> nodes;
  roll_.each_member([&](MemberRef, const Pool&, const Member& member) {
    if (!member.service.empty() && !member.elsewhere) nodes.insert(member.address);
  });
  return nodes;
}

PoolStatus Roster::pool_status(PoolIndex index, Instant now) const {
  const Pool& pool = roll_[index];
  const PoolState state = board_.state(index);
  const bool open = pool.spec.when_all_down == WhenAllDown::fail_open;
  PoolStatus shown{.name = pool.spec.name,
                   .checks = {},
                   .when_all_down = to_string(pool.spec.when_all_down),
                   .failed_open = state.all_down && open && !is_normal() && !pool.spec.observe_only,
                   .members = {},
                   .records = pool.spec.records,
                   .all_down = state.all_down,
                   .min_healthy = pool.spec.min_healthy,
                   .observe_only = pool.spec.observe_only,
                   .max_answers = pool.spec.max_answers,
                   .zone = board_[pool.zone].origin,
                   .flap_damping = pool.spec.flap_damping,
                   .on_backup = state.on_backup};
  if (state.all_down) {
    const PoolCount count = count_of(index);
    shown.all_down_text =
        fmt::format("{}; {}", why_all_down(count),
                    is_normal() ? "returning all (normal is on)" : answer_when_all_down(count));
  }
  for (const health::CheckSpec& check : pool.spec.checks) {
    shown.checks += (shown.checks.empty() ? "" : ", ") + check.name;
  }
  if (pool.spec.needed != 0) {
    shown.checks = std::to_string(pool.spec.needed) + " of " + shown.checks;
  }
  for (const MemberIndex m : pool.members.ids()) {
    shown.members.push_back(member_status({index, m}, now));
  }
  return shown;
}

MemberStatus Roster::member_status(MemberRef ref, Instant now) const {
  const Member& member = roll_[ref];
  const MemberView is = view(ref);
  const Past& past = returns_.past(ref);
  MemberStatus row{.address = member.address,
                   .observed = member.elsewhere ? State::unknown : is.observed,
                   .live = board_.is_live(ref),
                   .since = now - agreement_.since(ref),
                   .reason = probing_.reason(ref),
                   .restart = member.service,
                   .probes = probing_.probes(ref),
                   .exchange = member.exchange,
                   .override_kind = is.override_kind,
                   .tier = member.tier,
                   .flap_penalty = past.flaps.at(now),
                   .held = (is.observed == State::down) != (is.judged == State::down),
                   .would_be_live = board_.would_be_live(ref),
                   .degraded = probing_.is_degraded(ref),
                   .percent = probing_.said_percent(ref),
                   .weight = member.weight,
                   .share = static_cast<double>(is.share) / kWholeShare,
                   .elsewhere = member.elsewhere,
                   .restart_note = restart_note(ref, now)};
  if (const OverridePtr& given = overrides_.of(ref)) {
    row.override_reason = given->reason;
    if (given->until) row.override_left = std::max(*given->until - now, Duration{});
  }
  if (is.kept_back) {
    const Instant until = std::max(past.damped_until.value_or(Instant::min()),
                                   past.waits_until.value_or(Instant::min()));
    row.kept_back = past.damped_until ? "flapping" : "failback";
    if (until != kForEver) row.kept_left = std::max(until - now, Duration{});
  }
  if (const std::string why = probing_.why_unasked(ref); !why.empty()) {
    row.reason += (row.reason.empty() ? "" : "; ") + ("cannot probe: " + why);
  }
  return row;
}

/// Why the agent of a member that is down was not asked to restart its service, in the order in
/// which settle() and try_restarts() look.
std::string Roster::restart_note(MemberRef ref, Instant now) const {
  const Member& member = roll_[ref];
  if (agreement_.health(ref) != State::down || member.service.empty()) return {};
  if (restarts_.is_open_in(ref.pool)) {
    const OpenRestart* open = restarts_.open_in(ref.pool);
    if (open == nullptr || open->member == member.address) return "under way";
    return "waits for the restart on " + open->member.to_string();
  }
  if (overrides_.of(ref)) return fmt::format("not asked: {}", to_string(overrides_.kind(ref)));
  if (guard_.is_frozen()) return "not asked: answers are frozen";
  if (guard_.is_unwitnessed()) return "not asked: no witness has answered yet";
  if (roll_[ref.pool].spec.observe_only) return "not asked: observe_only";
  if (!probing_.has_fallen(ref)) return "not asked: too few bad probes yet";
  if (!probing_.restart_would_help(ref)) {
    return "not asked: the member itself asks to be left out";
  }
  if (const dns::Name* needed = needed_and_down(ref.pool)) {
    return fmt::format("not asked: {}, which it needs, is down", needed->to_display());
  }
  if (restarts_.is_given_up(ref)) return "given up: the last restarts have not helped";
  const auto left = [now](Instant at) {
    return format_duration(std::chrono::ceil<std::chrono::seconds>(at - now));
  };
  if (const auto until = restarts_.stopped_until(); until && *until > now) {
    return fmt::format("not asked for {}: all restarts are stopped", left(*until));
  }
  const RestartLedger& ledger = restarts_.ledger(ref);
  const Instant from = ledger.allowed_from(now);
  if (from <= now) {
    return restarts_.due(ref) > now
               ? fmt::format("asked in {}, if it is still down", left(restarts_.due(ref)))
               : std::string();
  }
  return fmt::format("asked again in {}: {}", left(from),
                     ledger.is_spent(now)
                         ? fmt::format("at most {} times an hour", kRestartsPerWindow)
                         : fmt::format("at most once in {}", format_duration(ledger.pause(now))));
}

}  // namespace rollcall::roster
