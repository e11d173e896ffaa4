#include "roster/overrides.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace rollcall::roster {
namespace {

bool is_same(const Member& member, const SavedOverride& saved) {
  return member.address == saved.address && member.exchange == saved.exchange;
}

}  // namespace

void Overrides::load(SavedOverrides saved) {
  const auto at = [this](std::optional<Duration> left) {
    return left ? std::optional(step_.now + *left) : std::nullopt;
  };
  for (SavedOverride& one : saved.members) {
    auto given = std::make_shared<const Override>(one.kind, at(one.left), one.reason);
    waiting_[one.pool].push_back({std::move(one), std::move(given)});
  }
  if (saved.normal) {
    set_normal(true, at(saved.normal_left), {.cause = NormalFacts::Cause::last_run}, {});
  }
}

void Overrides::give(MemberRef ref, OverridePtr given) {
  const OverridePtr& now = rows_[ref] = std::move(given);
  if (now && now->until) step_.chores.add(*now->until, EndOverrides{ref.pool});
}

void Overrides::take_over(MemberRef ref) {
  const Pool& pool = roll_[ref.pool];
  const Member& member = pool.members[ref.member];
  for (const PoolIndex other : roll_.named(pool.spec.name)) {
    if (other == ref.pool) continue;
    const auto& members = roll_[other].members;
    const auto same = std::ranges::find_if(members, [&](const Member& its) {
      return its.address == member.address && its.exchange == member.exchange;
    });
    if (same == members.end()) continue;
    if (const OverridePtr& said = rows_[{other, members.id_of(*same)}]) give(ref, said);
  }
  const auto waiting = waiting_.find(pool.spec.name);
  if (waiting == waiting_.end()) return;
  std::erase_if(waiting->second, [&](const Waiting& one) {
    if (!is_same(member, one.saved)) return false;
    give(ref, one.given);
    return true;
  });
  if (waiting->second.empty()) waiting_.erase(waiting);
}

void Overrides::tell_gone(const Pool& pool, const Member& member, const OverridePtr& given) {
  if (!given) return;
  dirty_ = true;
  step_.emit(Notice{.kind = NoticeKind::override_ended,
                    .name = pool.spec.name,
                    .member = member.address_here(),
                    .facts = OverrideFacts{.kind = given->kind,
                                           .cause = OverrideFacts::Cause::gone,
                                           .members = {to_display(member)}}});
}

bool Overrides::end_due(PoolIndex index) {
  const Pool& pool = roll_[index];
  bool any = false;
  for (const MemberIndex m : pool.members.ids()) {
    const OverridePtr given = rows_[{index, m}];
    if (!given || !given->until || *given->until > step_.now) continue;
    rows_[{index, m}].reset();
    any = true;
    step_.emit(Notice{.kind = NoticeKind::override_ended,
                      .name = pool.spec.name,
                      .member = pool.members[m].address_here(),
                      .facts = OverrideFacts{.kind = given->kind,
                                             .cause = OverrideFacts::Cause::time_is_up,
                                             .members = {to_display(pool.members[m])}}});
  }
  dirty_ |= any;
  return any;
}

void Overrides::forget_waiting(const dns::Name& pool) {
  if (waiting_.erase(pool) != 0) dirty_ = true;
}

void Overrides::forget_waiting_but(const std::function<bool(const dns::Name&)>& stays) {
  dirty_ |=
      std::erase_if(waiting_, [&](const auto& waiting) { return !stays(waiting.first); }) != 0;
}

void Overrides::set_normal(bool on, std::optional<Instant> until, NormalFacts why,
                           std::string actor) {
  normal_ = on;
  normal_until_ = until;
  if (until) step_.chores.add(*until, EndNormal{});
  dirty_ = true;
  step_.emit(Notice{.kind = on ? NoticeKind::normal_on : NoticeKind::normal_off,
                    .alert = true,
                    .actor = std::move(actor),
                    .facts = why});
}

std::optional<SavedOverrides> Overrides::take_changed() {
  if (!std::exchange(dirty_, false)) return std::nullopt;
  return to_save();
}

SavedOverrides Overrides::to_save() const {
  const auto left = [this](std::optional<Instant> until) {
    return until ? std::optional(*until - step_.now) : std::nullopt;
  };
  SavedOverrides saved{.members = {}, .normal = normal_, .normal_left = left(normal_until())};
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member& member) {
    const OverridePtr& given = rows_[ref];
    // While a name moves between zones, both pools have the override: the newer one stays.
    if (!given || roll_.named(pool.spec.name).back() != ref.pool) return;
    saved.members.push_back({pool.spec.name, member.address, member.exchange, given->kind,
                             left(given->until), given->reason});
  });
  for (const auto& [pool, waiting] : waiting_) {
    for (const Waiting& one : waiting) {
      saved.members.push_back(one.saved);
      saved.members.back().left = left(one.given->until);
    }
  }
  return saved;
}

void Overrides::check_invariants() const {
  roll_.each_member([&](MemberRef ref, const Pool&, const Member&) {
    const OverridePtr& given = rows_[ref];
    invariant(!given || !given->until || *given->until > step_.now,
              "an override that ended is in no mask of the same step");
  });
  invariant(!is_normal_over(), "normal ends when its time is up");
}

}  // namespace rollcall::roster
