/// The roster's overrides: what operators say of members, and of everything.
///
/// An override belongs to a member of a pool: it goes when the member does. Those of the last run
/// wait for their members, whose zones are still to be loaded.
#include <fmt/format.h>

#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

std::string name_of(const OverrideWanted& event) {
  const auto* address = std::get_if<IpAddress>(&event.member);
  return address ? address->to_string() : std::get<dns::Name>(event.member).to_display();
}

bool is_named(const Member& member, const OverrideWanted& event) {
  const auto* address = std::get_if<IpAddress>(&event.member);
  if (address) return member.address == *address;
  return member.exchange == std::get<dns::Name>(event.member).lowered().to_display();
}

bool is_same(const Member& member, const SavedOverride& saved) {
  return member.address == saved.address && member.exchange == saved.exchange;
}

/// " for 30m", or nothing.
std::string for_text(std::optional<Duration> lasts) {
  return lasts ? " for " + format_duration(*lasts) : std::string();
}

std::string reason_text(const std::string& reason) {
  return reason.empty() ? std::string() : ": " + reason;
}

}  // namespace

void Roster::on(const OverrideWanted& event) {
  const Chosen chosen = members_named(event);
  if (chosen.empty()) return emit(CommandDone{false, unknown_member(event)});

  const std::vector<Standing> before = standings(chosen);
  OverridePtr given;
  if (event.kind != OverrideKind::automatic) {
    given = std::make_shared<const Override>(
        event.kind, event.lasts ? std::optional(now_ + *event.lasts) : std::nullopt, event.reason);
  }
  std::vector<OverridePtr> replaced;
  for (const auto& [pool, members] : chosen) {
    for (const std::uint32_t m : members) {
      replaced.push_back(std::exchange(pools_[pool]->members[m].override_set, given));
    }
  }
  const bool takes = event.kind == OverrideKind::drained ||
                     event.kind == OverrideKind::forced_down ||
                     std::ranges::any_of(replaced, [](const OverridePtr& old) {
                       return old && old->kind == OverrideKind::forced_up;
                     });
  const std::string emptied = takes && !event.force ? last_live(chosen, before) : std::string();
  if (!emptied.empty()) {
    auto old = replaced.begin();
    for (const auto& [pool, members] : chosen) {
      for (const std::uint32_t m : members) pools_[pool]->members[m].override_set = *old++;
    }
    return emit(CommandDone{false, fmt::format("{} {}; --force makes it {} all the same",
                                               name_of(event), emptied, to_string(event.kind))});
  }
  bool changes = given || std::ranges::any_of(replaced, [](const auto& o) { return !!o; });
  for (const auto& [pool, members] : chosen) {
    if (given) break;
    for (const std::uint32_t m : members) changes |= release(pools_[pool]->members[m]);
  }
  if (!changes) return emit(CommandDone{true, name_of(event) + " was auto already"});
  set_overrides(chosen, event);
}

/// The members have their new override: lets it take effect, and tells.
void Roster::set_overrides(const Chosen& chosen, const OverrideWanted& event) {
  const bool automatic = event.kind == OverrideKind::automatic;
  std::string pools;
  for (const auto& [index, members] : chosen) {
    Pool& pool = *pools_[index];
    const std::string name = pool.spec.name.to_display();
    pools += (pools.empty() ? "" : ", ") + name;
    for (const std::uint32_t m : members) {
      Member& member = pool.members[m];
      member.wants_restart = false;
      discount_fall(member, automatic);
      give_override(index, member, member.override_set);
    }
    emit(Happening{.kind = automatic ? HappeningKind::override_ended : HappeningKind::override_set,
                   .alert = false,
                   .subject = fmt::format("{}: {} is {} by an operator{}{}", name, name_of(event),
                                          automatic ? "set to auto again" : to_string(event.kind),
                                          for_text(event.lasts), reason_text(event.reason)),
                   .detail = {},
                   .name = pool.spec.name,
                   .member = pool.members[members.front()].address});
    policy_changed(index);
  }
  recount_members();
  overrides_dirty_ = true;
  emit(CommandDone{true, fmt::format("{} is {} in {}{}", name_of(event),
                                     automatic ? "auto again" : to_string(event.kind), pools,
                                     for_text(event.lasts))});
}

Roster::Chosen Roster::members_named(const OverrideWanted& event) const {
  Chosen chosen;
  for (std::uint32_t p = 0; p < pools_.size(); ++p) {
    if (!pools_[p] || (event.pool && pools_[p]->spec.name != *event.pool)) continue;
    for (std::uint32_t m = 0; m < pools_[p]->members.size(); ++m) {
      if (is_named(pools_[p]->members[m], event)) chosen[p].push_back(m);
    }
  }
  return chosen;
}

std::string Roster::unknown_member(const OverrideWanted& event) const {
  if (!event.pool) return name_of(event) + " is a member of no pool";
  if (pools_named(*event.pool).empty()) {
    return fmt::format("there is no pool {}", event.pool->to_display());
  }
  return fmt::format("{} is no member of pool {}", name_of(event), event.pool->to_display());
}

/// Of every RRset of the chosen pools, in their order.
std::vector<Standing> Roster::standings(const Chosen& chosen) const {
  std::vector<Standing> found;
  for (const auto& [index, members] : chosen) {
    for (const std::uint32_t id : pools_[index]->watches) {
      const Watch& watch = zones_[pools_[index]->zone]->watches[id];
      if (watch.pool == index) found.push_back(answered_standing(watch));
    }
  }
  return found;
}

/// @return what the members were to the first RRset that is all down without them: "is the last
/// live member of www.example.com AAAA"; else empty
std::string Roster::last_live(const Chosen& chosen, const std::vector<Standing>& before) const {
  auto was = before.begin();
  for (const auto& [index, members] : chosen) {
    const ServedZone& zone = *zones_[pools_[index]->zone];
    for (const std::uint32_t id : pools_[index]->watches) {
      const Watch& watch = zone.watches[id];
      if (watch.pool != index) continue;
      const Standing is = answered_standing(watch);
      const PoolSpec& spec = pools_[index]->spec;
      if (takes_last_live(*was, is, answered_policy(watch))) {
        const std::string rrset = fmt::format("{} {}", spec.name.to_display(),
                                              dns::type_name(zone.zone->watched()[id].type));
        const bool too_few =
            is.healthy != 0 && serving_members(*was, answered_policy(watch).min_healthy) != 0;
        if (!too_few) return fmt::format("is the last live member of {}", rrset);
        return fmt::format("is needed for the {} % (min_healthy) of {}", spec.min_healthy, rrset);
      }
      ++was;
    }
  }
  return {};
}

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
                 .member = member.address});
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
                   .member = member.address});
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
               what + ", by an operator");
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
