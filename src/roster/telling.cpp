/// Roster: what people are told of members and pools, from what all owners know.
#include <algorithm>

#include "pool/override.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {

Notice Roster::notice_of(NoticeKind kind, MemberRef ref) const {
  return {.kind = kind,
          .name = roll_[ref.pool].spec.name,
          .member = roll_[ref].address_here(),
          .exchange = roll_[ref].exchange};
}

void Roster::tell_health(const Turn& turn, PoolState was) {
  const MemberRef ref = turn.member;
  const bool fell = turn.agreed == State::down;
  if (fell || turn.before == State::down) {
    Notice told = notice_of(fell ? NoticeKind::dropped : NoticeKind::returned, ref);
    // Not where an operator has taken over, or one alert has told of a freeze.
    told.alert = !overrides_.of(ref) && !guard_.is_frozen();
    if (fell) told.reason = probing_.reason(ref);
    told.facts = fell ? after_fall(ref) : after_return(ref);
    notices_.tell(std::move(told), ref, guard_.alert_wait());
  }
  tell_state(ref.pool, was);
}

/// A degraded member stays in the answers; people are told of it.
void Roster::tell_degradation(const Sighting& seen) {
  const MemberRef ref = seen.member;
  Notice told = notice_of(*seen.degraded ? NoticeKind::degraded : NoticeKind::not_degraded, ref);
  told.alert = !overrides_.of(ref);  // else an operator has taken over
  if (*seen.degraded) told.reason = probing_.reason(ref);
  told.facts = MemberFacts{.fate = board_.is_live(ref) ? Fate::answered : Fate::left_out,
                           .tier = roll_[ref].tier};
  step_.emit(std::move(told));
}

MemberFacts Roster::after_fall(MemberRef ref) const {
  const PoolSpec& spec = roll_[ref.pool].spec;
  MemberFacts facts{.override_kind = overrides_.kind(ref),
                    .tier = roll_[ref].tier,
                    .service = roll_[ref].service,
                    .pool = count_of(ref.pool)};
  if (overrides_.of(ref)) {
    facts.fate = Fate::overridden;
  } else if (is_normal()) {
    facts.fate = Fate::normal;
  } else if (spec.observe_only) {
    facts.fate = board_.would_be_live(ref) ? Fate::would_answer : Fate::would_leave;
  } else if (guard_.is_frozen()) {
    facts.fate = Fate::frozen;
  } else if (board_.state(ref.pool).all_down) {
    facts.fate = Fate::pool_all_down;
  } else if (!board_.is_live(ref)) {
    facts.fate = Fate::left_out;
  } else {
    facts.fate = roll_[ref].exchange.empty() ? Fate::too_few : Fate::exchange_stays;
  }
  return facts;
}

MemberFacts Roster::after_return(MemberRef ref) const {
  MemberFacts facts{
      .override_kind = overrides_.kind(ref), .tier = roll_[ref].tier, .pool = count_of(ref.pool)};
  const Past& past = returns_.past(ref);
  if (overrides_.of(ref)) {
    facts.fate = Fate::overridden;
  } else if (guard_.is_frozen()) {
    facts.fate = Fate::frozen;
  } else if (roll_[ref.pool].spec.observe_only) {
    facts.fate = board_.would_be_live(ref) ? Fate::would_answer : Fate::would_leave;
  } else if (board_.is_live(ref)) {
    facts.fate = Fate::answered;
  } else if (past.damped_until && view(ref).kept_back) {
    facts.fate = Fate::damped;
    facts.left = *past.damped_until - step_.now;
  } else if (view(ref).kept_back) {
    facts.fate = Fate::waits;
    if (*past.waits_until != kForEver) facts.left = *past.waits_until - step_.now;
  } else {
    facts.fate = facts.tier == Tier::primary ? Fate::too_few : Fate::not_needed;
  }
  return facts;
}

/// Tells when a pool becomes all down or recovers, and when its backup tier begins or ceases to
/// serve.
void Roster::tell_state(PoolIndex index, PoolState was) {
  const PoolState now = board_.state(index);
  if (now == was || roll_[index].members.empty()) return;
  Notice told{.alert = true,
              .name = roll_[index].spec.name,
              .facts = PoolFacts{.pool = count_of(index), .normal = is_normal()}};
  if (now.all_down != was.all_down) {
    told.kind = now.all_down ? NoticeKind::all_down : NoticeKind::not_all_down;
    tell_of_pool(index, told);
  }
  if (now.on_backup == was.on_backup || now.all_down) return;
  told.kind = now.on_backup ? NoticeKind::backup_took_over : NoticeKind::backup_gave_back;
  tell_of_pool(index, std::move(told));
}

/// Told of its first member with probes: a waiting alert is found again by its member.
void Roster::tell_of_pool(PoolIndex index, Notice told) {
  const auto& members = roll_[index].members;
  const auto probed = std::ranges::find(members, false, &Member::elsewhere);
  if (probed == members.end()) return step_.emit(std::move(told));
  notices_.tell(std::move(told), {index, members.id_of(*probed)}, guard_.alert_wait());
}

PoolCount Roster::count_of(PoolIndex index) const {
  const Pool& pool = roll_[index];
  PoolCount count{.min_healthy = pool.spec.min_healthy,
                  .when_all_down = pool.spec.when_all_down,
                  .observe_only = pool.spec.observe_only};
  std::size_t drained = 0;
  for (const MemberIndex m : pool.members.ids()) {
    const MemberView member = view({index, m});
    drained += member.is_drained() ? 1U : 0U;
    if (member.tier == Tier::primary) {
      ++count.primaries;
      count.primaries_up += member.counted ? 1U : 0U;
    }
    if (member.tier == Tier::fallback) continue;
    const bool forced = member.override_kind == OverrideKind::forced_down;
    ++count.of[member.is_drained() ? PoolCount::drained
               : forced            ? PoolCount::forced_down
               : !member.up        ? PoolCount::down
               : member.kept_back  ? PoolCount::kept_back
                                   : PoolCount::usable];
  }
  count.some_drained = drained != 0 && drained != pool.members.size();
  return count;
}

}  // namespace rollcall::roster
