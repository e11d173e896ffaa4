/// The roster's isolation guard: witnesses, and answers that stay as they were.
///
/// While answers are frozen a member's `judged` health, by which policy goes, is what it was: also
/// that of members who fell within the interval before, because the first of a thousand that seem
/// to fail are no deader than the last.
#include <fmt/format.h>

#include <algorithm>

#include "health/schedule.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

/// It turned down, and is answered as before all the same.
bool is_held(const Member& member) {
  return member.health == Health::down && member.judged != Health::down;
}

}  // namespace

void Roster::set_guard(const Configured& event) {
  fall_window_ = health::CheckSpec{}.interval;
  for (const PoolSpec& pool : event.pools) {
    for (const health::CheckSpec& check : pool.checks) {
      fall_window_ = std::max(fall_window_, check.interval);
    }
  }
  const bool same = guard_.witnesses == event.guard.witnesses;
  guard_ = event.guard;
  if (same) return;
  for (const Witness& witness : witnesses_) free_run(witness.run);
  witnesses_.clear();
  for (const WitnessSpec& spec : guard_.witnesses) {
    const auto place = static_cast<std::uint32_t>(witnesses_.size());
    const RunIndex run =
        new_run(kNoPool, place, std::make_shared<const health::CheckSpec>(spec.check));
    witnesses_.push_back({run, std::nullopt});
    schedule(run, now_);
  }
}

Sightings Roster::sightings() {
  Sightings seen{.members = member_count_,
                 .fallen = falls_.within(fall_window_, now_),
                 .fell = last_fall_ && now_ < *last_fall_ + fall_window_,
                 .witnesses = witnesses_muted_ ? 0 : witnesses_.size()};
  for (const Witness& witness : witnesses_) seen.silent += witness.answers == false ? 1 : 0;
  return seen;
}

/// A member's probe was bad: before it is said to be down, the witnesses shall have been heard.
void Roster::ask_witnesses(bool at_once) {
  for (const Witness& witness : witnesses_) {
    const Run& run = runs_[witness.run];
    if (run.open || (!at_once && now_ < run.started + run.check->fast_interval)) continue;
    schedule(witness.run, now_);
  }
}

void Roster::witness_probed(std::uint32_t place, bool heard, Instant asked) {
  witnesses_[place].answers = heard;
  if (!heard) {
    const bool all =
        std::ranges::all_of(witnesses_, [](const auto& w) { return w.answers == false; });
    if (freeze_) {
      freeze_->unheard |= all;
    } else {
      look_for_isolation();
    }
    return;
  }
  witnesses_muted_ = false;
  if (!freeze_ || asked < freeze_->since) return;
  thaw(fmt::format("the witness {} answers", guard_.witnesses[place].address.to_string()),
       freeze_->unheard);
}

/// A member turns down; its `judged` health is still what it was.
void Roster::member_fell(Member& member, Health before) {
  member.fell_from = before;
  last_fall_ = now_;
  if (before == Health::up) falls_.add(now_);
  if (freeze_) {
    held_ += is_held(member) ? 1 : 0;
  } else {
    look_for_isolation();
    if (!freeze_) ask_witnesses(false);
  }
}

/// @param fell when it had turned down
void Roster::member_returned(const Member& member, Instant fell) {
  falls_.take_back(fell);
  if (freeze_ && member.judged != Health::down) --held_;
}

void Roster::look_for_isolation() {
  const Sightings seen = sightings();
  const Isolation why = isolation(seen, guard_);
  if (why == Isolation::none) return;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    for (Member& member : pool->members) {
      const bool lately = member.health == Health::down && now_ < member.since + fall_window_;
      if (!lately || member.judged != Health::down) continue;
      member.judged = member.fell_from;
      member.served = true;  // its share is whole: it has not been away
      member.flaps.forgive(now_);
      member.damped_until.reset();
    }
  }
  recount_members();
  if (held_ == 0) return;
  freeze_ = Freeze{
      .since = now_,
      .unheard = why == Isolation::witnesses_silent,
      .why = why == Isolation::witnesses_silent
                 ? fmt::format("members go down, and of {} witnesses none answers", seen.witnesses)
                 : fmt::format("{} of {} members went down within {}", seen.fallen, seen.members,
                               format_duration(fall_window_))};
  emit(Happening{.kind = HappeningKind::frozen,
                 .alert = true,
                 .subject = fmt::format("answers are frozen: {}", freeze_->why),
                 .detail = fmt::format("They stay as they were {}until an operator says: "
                                       "rollcallctl thaw",
                                       witnesses_.empty() ? "" : "until a witness answers, or "),
                 .name = {},
                 .member = std::nullopt});
  judge_pools(false);
  ask_witnesses(true);
}

/// Policy goes by what the probes say again.
/// @param afresh the verdicts of those that are held were made without a network: they begin anew
void Roster::thaw(const std::string& reason, bool afresh) {
  const std::size_t held = held_;
  freeze_.reset();
  falls_.clear();
  last_fall_.reset();
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (!pools_[i]) continue;
    for (Member& member : pools_[i]->members) {
      if (afresh && is_held(member)) probe_afresh(*pools_[i], member);
      judge(i, member);
    }
  }
  held_ = 0;
  emit(Happening{.kind = HappeningKind::thawed,
                 .alert = true,
                 .subject = fmt::format("answers follow the probes again: {}", reason),
                 .detail = held == 0 ? std::string()
                           : afresh
                               ? fmt::format("{} members count as up until they are probed", held)
                               : fmt::format("{} members are down", held),
                 .name = {},
                 .member = std::nullopt});
  judge_pools(true);
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    if (pools_[i]) take_back_due(i);
  }
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
    const bool was_all_down = apply_policy(i);
    if (tell) tell_all_down(pool, was_all_down);
  }
}

/// After zones were built, and before answers are frozen.
void Roster::recount_members() {
  member_count_ = 0;
  held_ = 0;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    member_count_ += pool->members.size();
    held_ += static_cast<std::size_t>(std::ranges::count_if(pool->members, is_held));
  }
  if (freeze_ && held_ == 0) thaw("the members that had gone down are no members any more", false);
}

void Roster::on(const ThawWanted&) {
  if (!freeze_) return emit(CommandDone{true, fmt::format("answers were not frozen")});
  // Until one of them is heard again its silence is no news.
  witnesses_muted_ = true;
  const std::size_t held = held_;
  thaw("an operator says so", false);
  emit(
      CommandDone{true, fmt::format("answers follow the probes again: {} members are down", held)});
}

}  // namespace rollcall::roster
