/// The roster's isolation guard: answers that stay as they were.
///
/// While answers are frozen a member's `judged` health, by which policy goes, is what it was: also
/// that of members who fell within the interval before, because the first of a thousand that seem
/// to fail are no deader than the last.
#include <fmt/format.h>

#include <algorithm>

#include "core/counted.hpp"
#include "health/schedule.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

// A mass drop comes with less between two of its falls; and people shall not wait for long.
constexpr Duration kLongestQuiet = std::chrono::seconds(5);
constexpr Duration kLongestWait = std::chrono::seconds(10);  // for witnesses

/// Its probes decide of an answer: an operator has not, and its pool does not only observe.
bool is_guarded(const Pool& pool, const Member& member) {
  return !pool.spec.observe_only && !member.override_set && !member.elsewhere;
}

bool is_held(const Pool& pool, const Member& member) {
  return is_guarded(pool, member) && member.is_judged_as_before();
}

}  // namespace

void Roster::set_guard(const Configured& event) {
  fall_window_ = {};
  for (const PoolSpec& pool : event.pools) {
    for (const health::CheckSpec& check : pool.checks) {
      fall_window_ = std::max(fall_window_, check.interval);
    }
  }
  // With none configured, zones whose files are refused still have pools.
  if (fall_window_ == Duration::zero()) fall_window_ = health::CheckSpec{}.interval;
  Duration word{};
  for (const WitnessSpec& witness : event.guard.witnesses) {
    word = std::max(word, longest_word(witness));
  }
  doubt_ = std::max(fall_window_, word);
  quiet_ = std::max(std::min(fall_window_ / 2, kLongestQuiet), std::min(word, kLongestWait));
  set_witnesses(event.guard.witnesses);
  guard_ = event.guard;
}

Sightings Roster::sightings() {
  falls_.keep_for(doubt_, now_);
  Sightings seen{.members = member_count(),
                 .fallen = falls_.within(fall_window_, now_),
                 .fell = falls_.any(),
                 .witnesses = witnesses_muted_ ? 0 : voters(),
                 .silent = silent_voters()};
  return seen;
}

/// A member turns down; its `judged` health is still what it was.
void Roster::member_fell(const Pool& pool, const Member& member, Health before) {
  if (freeze_) {
    held_ += is_held(pool, member) ? 1 : 0;
    return;
  }
  note_fall(pool, member, before);
  if (!is_guarded(pool, member)) return;
  look_for_isolation();
  if (!freeze_) ask_witnesses();
}

/// @param before the health that it has again where its fall is taken back
void Roster::note_fall(const Pool& pool, const Member& member, Health before) {
  falls_.keep_for(doubt_, now_);
  falls_.add(member.since, member.runs.front(),
             {.counts = is_guarded(pool, member),
              .health = before,
              .served = member.served,
              .flaps = member.flaps,
              .damped_until = member.damped_until,
              .waits_until = member.waits_until,
              .ramps_from = member.ramps_from});
}

/// @param fell when it had turned down
void Roster::member_returned(const Pool& pool, const Member& member, Instant fell) {
  falls_.forget(fell, member.runs.front());
  if (freeze_ && is_guarded(pool, member) && member.judged != Health::down) --held_;
}

/// An operator speaks of a member.
void Roster::discount_fall(const Member& member, bool automatic) {
  if (member.health != Health::down) return;
  const RunIndex who = member.runs.front();
  if (!automatic) return falls_.discount(member.since, who);
  BeforeFall* before = falls_.find(member.since, who);
  if (before == nullptr) return;
  before->flaps.clear();  // its past is forgiven
  before->damped_until.reset();
  before->waits_until.reset();
}

/// It is no member any more, or a reload says of itself how it is.
void Roster::forget_fall(const Member& member) {
  if (member.health == Health::down) falls_.forget(member.since, member.runs.front());
}

/// Another run is its first one now.
void Roster::follow_fall(const Member& member, RunIndex before) {
  const RunIndex now = member.runs.front();
  if (now == before) return;
  if (member.health == Health::down) falls_.rename(member.since, before, now);
  for (HeldAlert& held : held_alerts_) {
    if (held.member == probe_id(before)) held.member = probe_id(now);
  }
}

/// Its fall may have been ours: it never was.
void Roster::take_back(Member& member) {
  if (member.health != Health::down || member.judged != Health::down) return;
  const BeforeFall* before = falls_.find(member.since, member.runs.front());
  if (before == nullptr) return;
  member.judged = before->health;
  member.served = before->served;
  member.flaps = before->flaps;
  member.damped_until = before->damped_until;
  member.waits_until = before->waits_until;
  member.ramps_from = before->ramps_from;
}

void Roster::look_for_isolation() {
  const Sightings seen = sightings();
  const Isolation why = isolation(seen, guard_);
  if (why == Isolation::none) return;
  const auto would_be_held = [this](const Pool& pool, const Member& member) {
    return is_guarded(pool, member) && member.health == Health::down &&
           (member.is_judged_as_before() || falls_.find(member.since, member.runs.front()));
  };
  const bool any = std::ranges::any_of(pools_, [&](const auto& pool) {
    return pool && std::ranges::any_of(pool->members, [&](const Member& member) {
             return would_be_held(*pool, member);
           });
  });
  if (!any) return;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    for (Member& member : pool->members) take_back(member);
  }
  recount_members();
  freeze_ = Freeze{.since = now_,
                   .unheard = why == Isolation::witnesses_silent,
                   .why = why == Isolation::witnesses_silent
                              ? fmt::format("members go down, and {}",
                                            seen.witnesses == 1 ? "the witness does not respond"
                                                                : "no witness responds")
                              : fmt::format("{} of {} members went down within {}", seen.fallen,
                                            seen.members, format_duration(fall_window_))};
  emit(Happening{.kind = HappeningKind::frozen,
                 .alert = true,
                 .subject = fmt::format("answers are frozen: {}", freeze_->why),
                 .detail = fmt::format("answers stay unchanged until {}an operator runs "
                                       "\"rollcallctl thaw\"",
                                       voters() == 0 ? "" : "a witness responds or "),
                 .name = {},
                 .member = std::nullopt});
  judge_pools(false);
  settle_held_alerts();
  ask_witnesses();
}

/// Policy goes by what the probes say again.
/// @param afresh the verdicts of those that are held were made without a network: they begin anew
void Roster::thaw(const std::string& reason, bool afresh) {
  const std::size_t held = held_;
  freeze_.reset();
  falls_.clear();
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (!pools_[i]) continue;
    for (Member& member : pools_[i]->members) {
      if (member.is_judged_as_before()) {
        // A witness' good probe says nothing of who fell after it began.
        afresh ? probe_afresh(*pools_[i], member) : note_fall(*pools_[i], member, Health::unknown);
      }
      judge(i, member);
    }
  }
  held_ = 0;
  emit(Happening{
      .kind = HappeningKind::thawed,
      .alert = true,
      .subject = fmt::format("answers follow the probes again: {}", reason),
      .detail = held == 0 ? std::string()
                : afresh  ? counted(held, "member counts", "members count") + " as up until probed"
                          : counted(held, "member is down", "members are down"),
      .name = {},
      .member = std::nullopt});
  judge_pools(true);
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (pools_[i]) take_back_due(i);
  }
  ask_witnesses();
  save_soon();
}

void Roster::probe_afresh(const Pool& pool, Member& member) {
  for (const RunIndex index : member.runs) {
    Run& run = runs_[index];
    if (run.verdict.state() != health::State::down) continue;
    run.verdict.force(true);
    if (!run.open) schedule(index, now_ + health::first_delay(*run.check, random_));
  }
  member.health = combined_health(runs_, member, pool.spec.needed);
  member.since = now_;
  member.wants_restart = false;
  if (member.health == Health::unknown) ++zones_[pool.zone]->unknown_members;
}

/// `judged` has changed in many pools.
void Roster::judge_pools(bool tell) {
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (!pools_[i]) continue;
    Pool& pool = *pools_[i];
    if (!freeze_) {
      for (Member& member : pool.members) take_percent(member);
    }
    const PoolState was = apply_policy(i);
    if (tell) tell_state(pool, was);
  }
}

/// After zones were built or an operator has spoken, and before answers are frozen.
void Roster::recount_members() {
  members_counted_ = true;
  member_count_ = 0;
  held_ = 0;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    for (const Member& member : pool->members) {
      member_count_ += is_guarded(*pool, member) ? 1 : 0;
      held_ += is_held(*pool, member) ? 1 : 0;
    }
  }
  if (freeze_ && held_ == 0) thaw("none of the members that had gone down is left", false);
}

/// A start builds thousands of zones one after the other: their members are counted once, when
/// somebody asks. Those that a freeze holds are counted at once, because it may end by that.
void Roster::recount_members_later() {
  if (freeze_) return recount_members();
  members_counted_ = false;
}

std::size_t Roster::member_count() {
  if (!members_counted_) recount_members();
  return member_count_;
}

void Roster::on(const ThawWanted& event) {
  if (!freeze_) return emit(CommandDone{true, fmt::format("answers were not frozen")});
  // Until one of them is heard again its silence is no news.
  witnesses_muted_ = true;
  const std::size_t held = held_;
  thaw(fmt::format("thawed by {}", event.actor.empty() ? "an operator" : event.actor), false);
  emit(CommandDone{true, fmt::format("answers follow the probes again: {} down",
                                     counted(held, "member is", "members are"))});
}

}  // namespace rollcall::roster
