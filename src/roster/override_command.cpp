/// Roster: the replies to operators: overrides, `normal`, `thaw`.
///
/// A command about members is done whole or not at all: where a name is unknown, or an RRset would
/// be left without a live member, nothing is changed, and the reply lists why.
#include <fmt/format.h>

#include <algorithm>

#include "core/counted.hpp"
#include "core/wildcard.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

bool is_named(const Pool& pool, const Member& member, const MemberName& name) {
  if (const auto* address = std::get_if<IpAddress>(&name)) {
    return !member.elsewhere && member.address == *address;
  }
  if (const auto* host = std::get_if<dns::Name>(&name)) {
    return pool.spec.name == *host || member.exchange == host->lowered().to_display();
  }
  const std::string& pattern = std::get<MemberPattern>(name).text;
  return (!member.elsewhere && matches_wildcard(pattern, member.address.to_string())) ||
         (!member.exchange.empty() && matches_wildcard(pattern, member.exchange)) ||
         matches_wildcard(pattern, pool.spec.name.to_display());
}

/// "drained", "auto again": what members are now.
std::string_view state_text(OverrideKind kind) {
  return kind == OverrideKind::automatic ? "auto again" : to_string(kind);
}

/// "use --force to drain it anyway"
std::string force_text(OverrideKind kind, bool several) {
  const std::string_view it = several ? "them" : "it";
  switch (kind) {
    case OverrideKind::drained:
      return fmt::format("use --force to drain {} anyway", it);
    case OverrideKind::forced_up:
      return fmt::format("use --force to force {} up anyway", it);
    case OverrideKind::forced_down:
      return fmt::format("use --force to force {} down anyway", it);
    case OverrideKind::automatic:
      break;
  }
  return fmt::format("use --force to set {} to auto anyway", it);
}

/// "192.0.2.1, 192.0.2.2 and 3 more"
std::string names_of(const Pool& pool, const std::vector<MemberIndex>& members) {
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const MemberIndex m : members) names.push_back(to_display(pool.members[m]));
  return joined(names);
}

std::string lines_of(const std::vector<std::string>& items) {
  std::string lines;
  for (const std::string& item : items) lines += "\n  " + item;
  return lines;
}

}  // namespace

void Roster::on(const OverrideWanted& event) {
  const std::vector<std::string> unknown = unknown_members(event);
  if (unknown.size() == 1) return step_.emit(CommandDone{false, unknown[0]});
  if (!unknown.empty()) {
    return step_.emit(CommandDone{false, "nothing was changed:" + lines_of(unknown)});
  }
  const Chosen chosen = members_named(event);
  std::vector<Ballot> before;
  for (const auto& [pool, members] : chosen) {
    for (const ZoneBoard::PoolRrset& rrset : board_.ballots(pool)) before.push_back(rrset.ballot);
  }
  OverridePtr given;
  if (event.kind != OverrideKind::automatic) {
    given = std::make_shared<const Override>(
        event.kind, event.lasts ? std::optional(step_.now + *event.lasts) : std::nullopt,
        event.reason);
  }
  std::vector<OverridePtr> replaced;
  for (const auto& [pool, members] : chosen) {
    for (const MemberIndex m : members) replaced.push_back(overrides_.exchange({pool, m}, given));
  }
  const bool takes = event.kind == OverrideKind::drained ||
                     event.kind == OverrideKind::forced_down ||
                     std::ranges::any_of(replaced, [](const OverridePtr& old) {
                       return old && old->kind == OverrideKind::forced_up;
                     });
  if (takes && !event.force) {
    const std::vector<std::string> emptied = last_live(event, chosen, before);
    if (!emptied.empty()) {
      auto old = replaced.begin();
      for (const auto& [pool, members] : chosen) {
        for (const MemberIndex m : members) overrides_.exchange({pool, m}, *old++);
      }
      return refuse_override(event, chosen, emptied);
    }
  }
  bool changes = given || std::ranges::any_of(replaced, [](const auto& o) { return !!o; });
  for (const auto& [pool, members] : chosen) {
    if (given) break;
    for (const MemberIndex m : members) changes |= returns_.forgive({pool, m});
  }
  if (!changes) {
    const auto name = lone_name(event);
    return step_.emit(CommandDone{true, name ? "no override was set on " + *name
                                             : std::string("no override was set on any of them")});
  }
  set_overrides(chosen, event);
}

void Roster::refuse_override(const OverrideWanted& event, const Chosen& chosen,
                             const std::vector<std::string>& emptied) {
  std::size_t count = 0;
  for (const auto& [pool, members] : chosen) count += members.size();
  const std::string force = force_text(event.kind, count > 1 && !lone_name(event));
  step_.emit(CommandDone{false, emptied.size() == 1 ? fmt::format("{}; {}", emptied[0], force)
                                                    : fmt::format("nothing was changed:{}\n{}",
                                                                  lines_of(emptied), force)});
}

/// The members have their new override: lets it take effect, and tells.
void Roster::set_overrides(const Chosen& chosen, const OverrideWanted& event) {
  const bool automatic = event.kind == OverrideKind::automatic;
  const auto one = lone_name(event);
  std::string pools;
  std::vector<std::string> changed;
  for (const auto& [index, members] : chosen) {
    const Pool& pool = roll_[index];
    const std::string name = pool.spec.name.to_display();
    pools += (pools.empty() ? "" : ", ") + name;
    OverrideFacts facts{.kind = event.kind, .members = {}, .lasts = event.lasts};
    for (const MemberIndex m : members) {
      const MemberRef ref{index, m};
      facts.members.push_back(to_display(roll_[ref]));
      changed.push_back(fmt::format("{}: {}", name, facts.members.back()));
      restarts_.want(ref, false);
      guard_.discount_fall(ref, automatic);
      overrides_.give(ref, overrides_.of(ref));
    }
    if (one) facts.members = {*one};
    step_.emit(Notice{.kind = automatic ? NoticeKind::override_ended : NoticeKind::override_set,
                      .name = pool.spec.name,
                      .member = pool.members[members.front()].address_here(),
                      .reason = event.reason,
                      .actor = event.actor,
                      .facts = std::move(facts)});
    policy_changed(index);
  }
  recount();
  overrides_.touch();
  if (one || changed.size() == 1) {
    const auto& [index, members] = *chosen.begin();
    return step_.emit(CommandDone{
        true, fmt::format("{} is {} in {}{}", one ? *one : names_of(roll_[index], members),
                          state_text(event.kind), pools, lasting_text(event.lasts))});
  }
  step_.emit(CommandDone{
      true, fmt::format("{} members are {}{}:{}", changed.size(), state_text(event.kind),
                        lasting_text(event.lasts), lines_of(changed))});
}

/// The address or exchange of the command, where it names only one: for messages.
std::optional<std::string> Roster::lone_name(const OverrideWanted& event) const {
  if (event.members.size() != 1) return std::nullopt;
  if (std::holds_alternative<MemberPattern>(event.members[0])) return std::nullopt;
  const auto* host = std::get_if<dns::Name>(&event.members[0]);
  if (host != nullptr && !roll_.named(*host).empty()) return std::nullopt;
  return to_display(event.members[0]);
}

Roster::Chosen Roster::members_named(const OverrideWanted& event) const {
  Chosen chosen;
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member& member) {
    if (event.pool && pool.spec.name != *event.pool) return;
    const bool named = std::ranges::any_of(
        event.members, [&](const MemberName& name) { return is_named(pool, member, name); });
    if (named || event.members.empty()) chosen[ref.pool].push_back(ref.member);
  });
  return chosen;
}

/// Why names of the command match no member, a line each; empty where all match.
std::vector<std::string> Roster::unknown_members(const OverrideWanted& event) const {
  if (event.pool && roll_.named(*event.pool).empty()) {
    return {fmt::format("there is no pool {}", event.pool->to_display())};
  }
  if (event.members.empty() && !event.pool) return {"no member is named"};
  std::vector<std::string> unknown;
  OverrideWanted one{.members = {}, .pool = event.pool};
  const std::string where = event.pool ? "pool " + event.pool->to_display() : "any pool";
  for (const MemberName& name : event.members) {
    one.members = {name};
    if (!members_named(one).empty()) continue;
    unknown.push_back(std::holds_alternative<MemberPattern>(name)
                          ? fmt::format("no member of {} matches {}", where, to_display(name))
                          : fmt::format("{} is not a member of {}", to_display(name), where));
  }
  if (event.members.empty() && members_named(event).empty()) {
    unknown.push_back(fmt::format("{} has no members", where));
  }
  return unknown;
}

/// @return a line for each RRset that would be all down: "192.0.2.1 is the last live member of
/// www.example.com AAAA"
std::vector<std::string> Roster::last_live(const OverrideWanted& event, const Chosen& chosen,
                                           const std::vector<Ballot>& before) const {
  std::vector<std::string> emptied;
  const auto one = lone_name(event);
  auto was = before.begin();
  for (const auto& [index, members] : chosen) {
    const PoolSpec& spec = roll_[index].spec;
    const zone::Zone& zone = *board_[roll_[index].zone].zone;
    const std::string names = one ? *one : names_of(roll_[index], members);
    const bool several = !one && members.size() > 1;
    for (const ZoneBoard::PoolRrset& is : board_.ballots(index)) {
      const Ballot& before_it = *was++;
      if (!takes_last_live(before_it, is.ballot, is.policy)) continue;
      const std::string rrset = fmt::format("{} {}", spec.name.to_display(),
                                            dns::type_name(zone.watched()[is.watch.value].type));
      const bool too_few =
          is.ballot.healthy != 0 && serving_members(before_it, is.policy.min_healthy) != 0;
      emptied.push_back(too_few
                            ? fmt::format("{} {} needed for the {} % (min_healthy) of {}", names,
                                          several ? "are" : "is", spec.min_healthy, rrset)
                        : several ? fmt::format("{} has no other live member than {}", rrset, names)
                                  : fmt::format("{} is the last live member of {}", names, rrset));
    }
  }
  return emptied;
}

/// Ends the stops of what agents are asked for.
void Roster::resume_actions(const std::string& actor) {
  std::string done;
  const auto add = [&done](bool ended, std::string_view text) {
    if (ended) done += (done.empty() ? "" : "; ") + std::string(text);
  };
  add(restarts_.resume(actor), "services are restarted again");
  add(take_overs_.resume(actor), "addresses are taken over again");
  add(forwards_.resume(actor), "ports are forwarded again");
  for (const PoolIndex pool : roll_.pools()) try_restarts(pool);
  step_.emit(CommandDone{true, done.empty() ? "restarts were not stopped" : std::move(done)});
}

void Roster::on(const ThawWanted& event) {
  if (event.restarts) {
    return resume_actions(event.actor);
  }
  if (!guard_.is_frozen()) return step_.emit(CommandDone{true, "answers were not frozen"});
  guard_.mute_witnesses();
  const std::size_t held = guard_.held();
  thaw(ThawFacts::Cause::an_operator, false, {}, event.actor);
  step_.emit(CommandDone{true, fmt::format("answers follow the probes again: {} down",
                                           counted(held, "member is", "members are"))});
}

void Roster::on(const NormalWanted& event) {
  const bool changes = event.on || overrides_.is_normal();
  const std::string lasts = event.on ? lasting_text(event.lasts) : "";
  const std::string what = fmt::format("normal {} {}{}", changes ? "is" : "was",
                                       event.on  ? "on"
                                       : changes ? "off"
                                                 : "off already",
                                       lasts);
  if (changes) {
    const auto ends = event.on ? event.lasts : std::nullopt;
    set_normal(event.on, ends ? std::optional(step_.now + *ends) : std::nullopt, {.lasts = ends},
               event.actor);
  }
  step_.emit(CommandDone{true, what});
}

void Roster::set_normal(bool on, std::optional<Instant> until, NormalFacts why, std::string actor) {
  overrides_.set_normal(on, until, why, std::move(actor));
  board_.store_all();
}

}  // namespace rollcall::roster
