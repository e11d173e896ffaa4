/// The roster's runs: a check of a member each, made, kept over a reload, and freed.
#include <algorithm>

#include "health/schedule.hpp"
#include "roster/roster.hpp"

namespace rollcall::roster {

RunIndex Roster::new_run(std::uint32_t pool, std::uint32_t member,
                         std::shared_ptr<const health::CheckSpec> check) {
  if (free_runs_.empty()) {
    free_runs_.push_back(static_cast<RunIndex>(runs_.size()));
    runs_.emplace_back();
  }
  const RunIndex index = free_runs_.back();
  free_runs_.pop_back();
  Run& run = runs_[index];
  const std::uint32_t generation = run.generation;
  run = Run{};
  run.pool = pool;
  run.member = member;
  run.generation = generation;
  run.verdict = health::Verdict(check->rise, check->fall);
  run.check = std::move(check);
  return index;
}

/// The checks of a member that is new: it may have been saved how it was.
void Roster::add_runs(std::uint32_t pool_index, std::uint32_t member_index) {
  Pool& pool = *pools_[pool_index];
  Member& member = pool.members[member_index];
  bool was_kept_back = false;
  if (member.elsewhere) {
    member.health = member.judged = Health::up;
    return;
  }
  for (const std::shared_ptr<const health::CheckSpec>& check : pool.checks) {
    const RunIndex index = new_run(pool_index, member_index, check);
    member.runs.push_back(index);
    if (const SavedMember* saved = saved_health(pool, member, check->name)) {
      runs_[index].verdict.force(saved->up);
      was_kept_back |= saved->kept_back;
    }
    schedule(index, now_ + health::first_delay(*check, random_));
  }
  member.health = combined_health(runs_, member, pool.spec.needed);
  member.judged = member.health;
  if (was_kept_back && member.health != Health::down) wait_for_failback(pool_index, member, now_);
}

/// The checks of a member that stays. What is asked as before keeps its verdict, at its new pace.
/// What is asked otherwise, or is new, begins with what was said before, and is asked soon.
/// @param moved it is probed at another address or port from now on
void Roster::renew_runs(std::uint32_t pool_index, std::uint32_t member_index, bool moved) {
  Pool& pool = *pools_[pool_index];
  Member& member = pool.members[member_index];
  if (member.elsewhere) return;
  const std::vector<RunIndex> before = std::exchange(member.runs, {});
  for (const std::shared_ptr<const health::CheckSpec>& check : pool.checks) {
    const auto old = std::ranges::find_if(
        before, [&](RunIndex run) { return runs_[run].check->name == check->name; });
    if (!moved && old != before.end() && health::asks_the_same(*runs_[*old].check, *check)) {
      set_pace(*old, check);
      member.runs.push_back(*old);
      continue;
    }
    const RunIndex index = new_run(pool_index, member_index, check);
    const health::State said = old != before.end()             ? runs_[*old].verdict.state()
                               : member.health == Health::up   ? health::State::up
                               : member.health == Health::down ? health::State::down
                                                               : health::State::unknown;
    if (said != health::State::unknown) runs_[index].verdict.force(said == health::State::up);
    if (old != before.end()) runs_[index].reason = runs_[*old].reason;
    member.runs.push_back(index);
    schedule(index, now_ + health::first_delay(*check, random_));
  }
  follow_fall(member, before.front());
  for (const RunIndex run : before) {
    if (std::ranges::find(member.runs, run) == member.runs.end()) free_run(run);
  }
}

/// The same question, asked as often as `check` says now.
void Roster::set_pace(RunIndex index, const std::shared_ptr<const health::CheckSpec>& check) {
  Run& run = runs_[index];
  const auto before = std::exchange(run.check, check);
  if (before == check) return;
  run.verdict.set_limits(check->rise, check->fall);
  if (before->tripwire && !check->tripwire) drop_wire(index);
  const bool other_pace =
      before->interval != check->interval || before->fast_interval != check->fast_interval;
  if (!other_pace || run.open || run.wire.cut) return;
  schedule(index, now_ + (run.verdict.in_doubt() ? health::next_delay(*check, true, random_)
                                                 : health::second_delay(*check, random_)));
}

void Roster::free_run(RunIndex index) {
  Run& run = runs_[index];
  if (run.open && &lane_of(run) == &programs_) {
    orphans_.insert(probe_id(index));  // it takes its place until it ends
  } else if (run.open) {
    --lane_of(run).open;
  }
  run.open = false;
  drop_wire(index);
  run.check.reset();
  unasked_.erase(index);
  ++run.generation;
  free_runs_.push_back(index);
}

}  // namespace rollcall::roster
