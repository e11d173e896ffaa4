/// The roster's overrides: how long they hold; and `normal`.
///
/// An override belongs to a member of a pool: it goes when the member does. Those of the last run
/// wait for their members, whose zones are still to be loaded.
#include <fmt/format.h>

#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

bool is_same(const Member& member, const SavedOverride& saved) {
  return member.address == saved.address && member.exchange == saved.exchange;
}

/// " for 30m", or nothing.
std::string for_text(std::optional<Duration> lasts) {
  return lasts ? " for " + format_duration(*lasts) : std::string();
}

}  // namespace

void Roster::give_override(std::uint32_t pool, Member& member, OverridePtr given) {
  member.override_set = std::move(given);
  if (!member.override_set || !member.override_set->until) return;
  chores_.add(*member.override_set->until, {Chore::override_end, pool});
}

/// A member that is new in its pool: what was said of it in the last run, or of the same member of
/// the pool that had this name until now, in another zone.
void Roster::take_over_override(std::uint32_t pool, Member& member) {
  for (const std::uint32_t other : pools_named(pools_[pool]->spec.name)) {
    if (other == pool) continue;
    const auto same = std::ranges::find_if(pools_[other]->members, [&](const Member& its) {
      return its.address == member.address && its.exchange == member.exchange;
    });
    if (same != pools_[other]->members.end() && same->override_set) {
      give_override(pool, member, same->override_set);
    }
  }
  std::erase_if(waiting_overrides_, [&](const WaitingOverride& waiting) {
    const SavedOverride& saved = waiting.saved;
    if (saved.pool != pools_[pool]->spec.name || !is_same(member, saved)) return false;
    give_override(pool, member, waiting.given);
    return true;
  });
}

/// The member has gone from its pool, or the pool has.
void Roster::forget_override(const Pool& pool, const Member& member) {
  if (!member.override_set) return;
  overrides_dirty_ = true;
  emit(Happening{.kind = HappeningKind::override_ended,
                 .alert = false,
                 .subject = fmt::format("{}: {} was {}, and is no member any more",
                                        pool.spec.name.to_display(), to_display(member),
                                        to_string(member.override_kind())),
                 .detail = {},
                 .name = pool.spec.name,
                 .member = member.address_here()});
}

/// Ends what has come to its time in a pool.
void Roster::end_overrides(std::uint32_t index) {
  Pool& pool = *pools_[index];
  bool any = false;
  for (Member& member : pool.members) {
    const OverridePtr given = member.override_set;
    if (!given || !given->until || *given->until > now_) continue;
    member.override_set.reset();
    any = true;
    emit(Happening{.kind = HappeningKind::override_ended,
                   .alert = false,
                   .subject = fmt::format("{}: {} is auto again: its time as {} is up",
                                          pool.spec.name.to_display(), to_display(member),
                                          to_string(given->kind)),
                   .detail = {},
                   .name = pool.spec.name,
                   .member = member.address_here()});
  }
  if (!any) return;
  overrides_dirty_ = true;
  policy_changed(index);
  recount_members();
}

/// At the first step: durations become times.
void Roster::load_overrides() {
  SavedOverrides saved = std::exchange(saved_.overrides, {});
  const auto at = [this](std::optional<Duration> left) {
    return left ? std::optional(now_ + *left) : std::nullopt;
  };
  for (SavedOverride& one : saved.members) {
    auto given = std::make_shared<const Override>(one.kind, at(one.left), one.reason);
    waiting_overrides_.push_back({std::move(one), std::move(given)});
  }
  if (saved.normal) set_normal(true, at(saved.normal_left), "normal is still on from the last run");
}

void Roster::forget_waiting(const std::function<bool(const SavedOverride&)>& gone) {
  std::erase_if(waiting_overrides_, [&](const WaitingOverride& waiting) {
    if (!gone(waiting.saved)) return false;
    overrides_dirty_ = true;
    return true;
  });
}

SavedOverrides Roster::overrides_to_save() const {
  const auto left = [this](std::optional<Instant> until) {
    return until ? std::optional(*until - now_) : std::nullopt;
  };
  SavedOverrides saved{.members = {},
                       .normal = normal_,
                       .normal_left = normal_ ? left(normal_until_) : std::nullopt};
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (!pools_[i]) continue;
    for (const Member& member : pools_[i]->members) {
      const OverridePtr& given = member.override_set;
      // While a name moves from zone to zone both say the same: the newer pool is the one to stay.
      if (!given || std::ranges::max(pools_named(pools_[i]->spec.name)) != i) continue;
      saved.members.push_back({pools_[i]->spec.name, member.address, member.exchange, given->kind,
                               left(given->until), given->reason});
    }
  }
  for (const WaitingOverride& waiting : waiting_overrides_) {
    saved.members.push_back(waiting.saved);
    saved.members.back().left = left(waiting.given->until);
  }
  return saved;
}

void Roster::on(const NormalWanted& event) {
  const bool changes = event.on || normal_;
  const std::string what = fmt::format("normal {} {}{}", changes ? "is" : "was",
                                       event.on  ? "on"
                                       : changes ? "off"
                                                 : "off already",
                                       event.on ? for_text(event.lasts) : std::string());
  const bool ends = event.on && event.lasts;
  if (changes) {
    set_normal(event.on, ends ? std::optional(now_ + *event.lasts) : std::nullopt,
               fmt::format("{}, by {}", what, event.actor.empty() ? "an operator" : event.actor));
  }
  emit(CommandDone{true, what});
}

void Roster::set_normal(bool on, std::optional<Instant> until, std::string subject) {
  normal_ = on;
  normal_until_ = until;
  if (until) chores_.add(*until, {Chore::normal_end, 0});
  overrides_dirty_ = true;
  emit(Happening{.kind = on ? HappeningKind::normal_on : HappeningKind::normal_off,
                 .alert = true,
                 .subject = std::move(subject),
                 .detail = on ? "everything in the zone files is answered, whatever the probes say"
                              : "answers follow the probes and the overrides again",
                 .name = {},
                 .member = std::nullopt});
  for (std::uint32_t i = 0; i < zones_.size(); ++i) {
    if (!zones_[i]) continue;
    store_masks(i, zones_[i]->all_watches());
  }
}

}  // namespace rollcall::roster
