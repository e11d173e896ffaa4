/// Probing: the checks of members, made, kept over a reload, and freed; saved health.
#include <algorithm>

#include "health/schedule.hpp"
#include "roll/probing.hpp"

namespace rollcall::roll {

RunIndex Probing::new_run(Probed probed, CheckPtr check) {
  if (free_runs_.empty()) {
    free_runs_.push_back(runs_.next_id());
    runs_.emplace_back();
  }
  const RunIndex index = free_runs_.back();
  free_runs_.pop_back();
  Run& run = runs_[index];
  const std::uint32_t generation = run.generation;
  run = Run{};
  run.probed = probed;
  run.generation = generation;
  run.verdict = health::Verdict(check->rise, check->fall);
  run.check = std::move(check);
  return index;
}

void Probing::free_run(RunIndex index) {
  Run& run = runs_[index];
  if (run.open && &lane_of(run) == &programs_) {
    orphans_.insert(id_of(index));  // it keeps its place in the lane until it ends
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

/// Checks that have not changed stay the same objects.
bool Probing::rebind(PoolIndex pool, const FormerPlaces& former) {
  rows_.rebind(pool, former);
  const std::vector<health::CheckSpec>& specs = roll_[pool].spec.checks;
  std::vector<CheckPtr>& checks = checks_[pool];
  const auto is_same = [](const CheckPtr& old, const health::CheckSpec& spec) {
    return *old == spec;
  };
  if (std::ranges::equal(checks, specs, is_same)) return false;
  const std::vector<CheckPtr> before = std::exchange(checks, {});
  for (const health::CheckSpec& spec : specs) {
    const auto same =
        std::ranges::find_if(before, [&](const CheckPtr& old) { return *old == spec; });
    checks.push_back(same != before.end() ? *same
                                          : std::make_shared<const health::CheckSpec>(spec));
  }
  return true;
}

bool Probing::add(MemberRef ref) {
  MemberRuns& row = rows_[ref];
  const Pool& pool = roll_[ref.pool];
  if (pool.members[ref.member].elsewhere) {
    row.observed = State::up;
    return false;
  }
  bool was_kept_back = false;
  for (const CheckPtr& check : checks_[ref.pool]) {
    const RunIndex index = new_run(ref, check);
    row.runs.add(index);
    if (const SavedMember* saved = saved_of(pool, ref.member, check->name)) {
      runs_[index].verdict.force(saved->up);
      was_kept_back |= saved->kept_back;
    }
    schedule(index, step_.now + health::first_delay(*check, step_.random));
  }
  row.observed = combined(ref);
  return was_kept_back;
}

void Probing::moved(MemberRef ref) {
  for (const RunIndex run : rows_[ref].runs) runs_[run].probed = ref;
}

/// A check that asks as before keeps its verdict, at its new pace. One that asks otherwise, or is
/// new, begins with what was known before, and probes soon.
void Probing::renew(MemberRef ref, bool elsewhere) {
  MemberRuns& row = rows_[ref];
  if (roll_[ref].elsewhere) return;
  const RunList before = std::exchange(row.runs, {});
  for (const CheckPtr& check : checks_[ref.pool]) {
    const auto old = std::ranges::find_if(
        before, [&](RunIndex run) { return runs_[run].check->name == check->name; });
    if (!elsewhere && old != before.end() && health::asks_the_same(*runs_[*old].check, *check)) {
      set_pace(*old, check);
      row.runs.add(*old);
      continue;
    }
    const RunIndex index = new_run(ref, check);
    const State said = old != before.end() ? runs_[*old].verdict.state()
                       : word_of(ref)      ? State::unknown
                                           : row.observed;
    if (said != State::unknown) runs_[index].verdict.force(said == State::up);
    if (old != before.end()) runs_[index].reason = runs_[*old].reason;
    row.runs.add(index);
    schedule(index, step_.now + health::first_delay(*check, step_.random));
  }
  for (const RunIndex run : before) {
    if (std::ranges::find(row.runs, run) == row.runs.end()) free_run(run);
  }
}

/// The run asks the same question, at the pace of `check`.
void Probing::set_pace(RunIndex index, const CheckPtr& check) {
  Run& run = runs_[index];
  const CheckPtr before = std::exchange(run.check, check);
  if (before == check) return;
  run.verdict.set_limits(check->rise, check->fall);
  if (before->tripwire && !check->tripwire) drop_wire(index);
  const bool other_pace =
      before->interval != check->interval || before->fast_interval != check->fast_interval;
  if (!other_pace || run.open || run.wire.cut) return;
  schedule(index,
           step_.now + (run.verdict.in_doubt() ? health::next_delay(*check, true, step_.random)
                                               : health::second_delay(*check, step_.random)));
}

void Probing::drop_wires(MemberRef ref) {
  for (const RunIndex run : rows_[ref].runs) drop_wire(run);
}

void Probing::begin_anew(MemberRef ref) {
  for (const RunIndex index : rows_[ref].runs) {
    Run& run = runs_[index];
    if (run.verdict.state() != State::down) continue;
    run.verdict.force(true);
    if (!run.open) schedule(index, step_.now + health::first_delay(*run.check, step_.random));
  }
  rows_[ref].observed = combined(ref);
}

void Probing::probe_now(MemberRef ref) {
  for (const RunIndex run : rows_[ref].runs) {
    if (!runs_[run].open) schedule(run, step_.now);
  }
}

void Probing::leave(MemberIndex was) {
  for (const RunIndex run : rows_.left(was).runs) free_run(run);
}

void Probing::forget(PoolIndex pool) {
  for (const MemberIndex m : roll_[pool].members.ids()) {
    for (const RunIndex run : rows_[{pool, m}].runs) free_run(run);
  }
  rows_.forget(pool);
  checks_.forget(pool);
}

// ---- Saved health ----

void Probing::load(std::vector<SavedMember> saved) {
  for (SavedMember& member : saved) waiting_[member.pool].push_back(std::move(member));
}

/// Null: nothing was saved, or it is too old.
const SavedMember* Probing::saved_of(const Pool& pool, MemberIndex member,
                                     const std::string& check) const {
  const auto waiting = waiting_.find(pool.spec.name);
  if (waiting == waiting_.end()) return nullptr;
  const IpAddress& address = pool.members[member].address;
  // Two exchanges may have one address: they were saved in the order of the pool's members.
  const auto first = pool.members.begin();
  auto before = std::count_if(first, first + member.value,
                              [&](const Member& other) { return other.address == address; });
  const auto found = std::ranges::find_if(waiting->second, [&](const SavedMember& saved) {
    return saved.address == address && saved.check == check && before-- == 0;
  });
  const bool there = found != waiting->second.end() && age_of(*found) <= kSavedHealthLifetime;
  return there ? &*found : nullptr;
}

/// Saved health is for the start: from now on the members' own probes count. Addresses of exchanges
/// may be in a zone that is still to be loaded, so what is saved of those stays.
void Probing::forget_saved(const Pool& pool) {
  const auto waiting = waiting_.find(pool.spec.name);
  if (waiting == waiting_.end()) return;
  std::erase_if(waiting->second, [&](const SavedMember& saved) {
    return pool.spec.records != PoolRecords::mx ||
           std::ranges::find(pool.members, saved.address, &Member::address) != pool.members.end();
  });
  if (waiting->second.empty()) waiting_.erase(waiting);
}

void Probing::add_saved(std::vector<SavedMember>& saved) const {
  for (const auto& [pool, members] : waiting_) {
    for (SavedMember member : members) {
      member.age = age_of(member);
      if (member.age <= kSavedHealthLifetime) saved.push_back(std::move(member));
    }
  }
}

}  // namespace rollcall::roll
