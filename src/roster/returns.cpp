#include "roster/returns.hpp"

#include <algorithm>

#include "pool/shares.hpp"

namespace rollcall::roster {

void Returns::judged(MemberRef ref, State before, State now) {
  const PoolSpec& spec = roll_[ref.pool].spec;
  Past& past = rows_[ref];
  if (before != State::down && now == State::down) {
    past.waits_until.reset();
    if (before != State::up) return;  // a first probe is no fall
    past.flaps.fall(step_.now);
    if (!spec.flap_damping || !(past.damped_until || past.flaps.damps(step_.now))) return;
    past.damped_until = past.flaps.reuse_at();
    step_.chores.add(*past.damped_until, ReleaseMembers{ref.pool});
  } else if (before == State::down && now != State::down) {
    wait_for_failback(ref, step_.now);
  }
}

void Returns::wait_for_failback(MemberRef ref, Instant returned) {
  const std::optional<Duration> wait = roll_[ref.pool].spec.failback;
  if (wait == Duration::zero()) return;
  std::optional<Instant>& until = rows_[ref].waits_until;
  until = wait ? returned + *wait : kForEver;
  if (wait) step_.chores.add(std::max(step_.now, *until), ReleaseMembers{ref.pool});
}

bool Returns::release_due(PoolIndex index, const MemberViews& views) {
  const Pool& pool = roll_[index];
  bool any = false;
  for (const MemberIndex m : pool.members.ids()) {
    const MemberRef ref{index, m};
    Past& past = rows_[ref];
    if (!past.keeps_back()) continue;
    const bool kept_back = views.view(ref).kept_back;
    if (past.damped_until && *past.damped_until <= step_.now) past.damped_until.reset();
    if (past.waits_until && *past.waits_until <= step_.now) past.waits_until.reset();
    if (!kept_back || views.view(ref).kept_back) continue;
    any = true;
    step_.emit(Notice{.kind = NoticeKind::returned,
                      .name = pool.spec.name,
                      .member = pool.members[m].address,
                      .exchange = pool.members[m].exchange,
                      .facts = MemberFacts{.fate = Fate::released}});
  }
  return any;
}

bool Returns::forgive(MemberRef ref) {
  Past& past = rows_[ref];
  const bool kept_back = past.keeps_back();
  past.damped_until.reset();
  past.waits_until.reset();
  past.flaps.clear();
  return kept_back;
}

void Returns::note_counted(PoolIndex index, const MemberViews& views) {
  const Pool& pool = roll_[index];
  const Duration ramp_up = pool.spec.ramp_up;
  bool any = false;
  for (const MemberIndex m : pool.members.ids()) {
    Past& past = rows_[{index, m}];
    const bool before = std::exchange(past.was_counted, views.view({index, m}).counted);
    if (!past.was_counted || ramp_up == Duration::zero()) {
      past.ramps_from.reset();
    } else if (!before) {
      past.ramps_from = step_.now;
    } else if (past.ramps_from && step_.now - *past.ramps_from >= ramp_up) {
      past.ramps_from.reset();
    }
    any |= past.ramps_from.has_value();
  }
  std::optional<Instant>& next = ramp_steps_[index];
  if (!any || (next && *next > step_.now)) return;
  next = step_.now + std::max(ramp_up / kRampSteps, Duration(1));
  step_.chores.add(*next, GrowShares{index});
}

unsigned Returns::share(MemberRef ref, std::uint8_t percent) const {
  const Pool& pool = roll_[ref.pool];
  Share share{.weight = pool.members[ref.member].weight, .percent = percent};
  if (const auto& from = rows_[ref].ramps_from) {
    share.grown = step_.now - *from;
    share.ramp_up = pool.spec.ramp_up;
  }
  return effective_share(share);
}

void Returns::renew(MemberRef ref, const PoolSpec& former, Instant since) {
  const PoolSpec& spec = roll_[ref.pool].spec;
  Past& past = rows_[ref];
  if (!spec.flap_damping) past.damped_until.reset();
  if (!past.waits_until || spec.failback == former.failback) return;
  past.waits_until.reset();
  wait_for_failback(ref, since);
}

void Returns::forget(PoolIndex pool) {
  rows_.forget(pool);
  ramp_steps_.forget(pool);
}

}  // namespace rollcall::roster
