/// Roster: what it knows, as values to be shown and to be saved.
#include "pool/status.hpp"

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
  status.restarts_stopped = restarts_.stop_left(now);
  take_overs_.show(status, now);
  forwards_.show(status, now);
  board_.show(status);
  roll_.each_pool(
      [&](PoolIndex pool, const Pool&) { status.pools.push_back(pool_status(pool, now)); });
  return status;
}

std::set<IpAddress> Roster::nodes_with_agents() const {
  std::set<IpAddress> nodes;
  roll_.each_member([&](MemberRef, const Pool& pool, const Member& member) {
    const bool asked = !member.service.empty() || !pool.spec.forward.service.empty();
    if (asked && !member.elsewhere) nodes.insert(member.address);
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
  if (state.all_down) shown.all_down_count = count_of(index);
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
                   .restart_outlook = restart_outlook(ref, now)};
  if (const OverridePtr& given = overrides_.of(ref)) {
    row.override_reason = given->reason;
    if (given->until) row.override_left = std::max(*given->until - now, Duration{});
  }
  if (is.kept_back) {
    const Instant until = std::max(past.damped_until.value_or(Instant::min()),
                                   past.waits_until.value_or(Instant::min()));
    row.kept_back = past.damped_until ? KeptBack::flapping : KeptBack::failback;
    if (until != kForEver) row.kept_left = std::max(until - now, Duration{});
  }
  if (const std::string why = probing_.why_unasked(ref); !why.empty()) {
    row.reason += (row.reason.empty() ? "" : "; ") + ("cannot probe: " + why);
  }
  return row;
}

/// In the order in which settle() and try_restarts() look.
RestartOutlook Roster::restart_outlook(MemberRef ref, Instant now) const {
  using enum RestartOutlook::Course;
  const Member& member = roll_[ref];
  if (agreement_.health(ref) != State::down || member.service.empty()) return {};
  if (restarts_.is_open_in(ref.pool)) {
    const OpenRestart* open = restarts_.open_in(ref.pool);
    if (open == nullptr || open->member == member.address) return {.course = under_way};
    return {.course = other_first, .member = open->member};
  }
  if (overrides_.of(ref)) return {.course = overridden, .override_kind = overrides_.kind(ref)};
  if (guard_.is_frozen()) return {.course = frozen};
  if (guard_.is_unwitnessed()) return {.course = unwitnessed};
  if (roll_[ref.pool].spec.observe_only) return {.course = observes};
  if (!probing_.has_fallen(ref)) return {.course = in_doubt};
  if (!probing_.restart_would_help(ref)) return {.course = asked_out};
  if (const dns::Name* needed = needed_and_down(ref.pool)) {
    return {.course = needs, .needed = *needed};
  }
  if (restarts_.is_given_up(ref)) return {.course = given_up};
  if (const auto left = restarts_.stop_left(now)) return {.course = all_stopped, .left = left};
  const RestartLedger& ledger = restarts_.ledger(ref);
  const Instant from = ledger.allowed_from(now);
  if (from > now) {
    return {.course = ledger.is_spent(now) ? spent : paused,
            .left = from - now,
            .pause = ledger.pause(now)};
  }
  if (restarts_.due(ref) <= now) return {};
  return {.course = delayed, .left = restarts_.due(ref) - now};
}

/// The health of every member, and the saved health of those whose zone is not built yet.
SavedHealth Roster::health_to_save() const {
  SavedHealth saved;
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member& member) {
    const bool held = guard_.is_held(ref);
    const bool kept_back = returns_.past(ref).waits_until.has_value();
    probing_.each_check(ref, [&](const health::CheckSpec& check, State state) {
      if (state == State::unknown) return;
      // The health of a held member is not known: it is saved as it is answered.
      saved.members.push_back({.pool = pool.spec.name,
                               .address = member.address,
                               .check = check.name,
                               .up = held || state == State::up,
                               .kept_back = kept_back});
    });
  });
  probing_.add_saved(saved.members);
  guard_.add_saved(saved.witnesses);
  return saved;
}

}  // namespace rollcall::roster
