/// The roster's saved health: what the last run of the server left, and what this one leaves.
#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {

void Roster::load_health() {
  for (SavedMember& member : std::exchange(saved_.health.members, {})) {
    waiting_health_[member.pool].push_back(std::move(member));
  }
}

/// How old it is now.
Duration Roster::age_of(const SavedMember& saved) const {
  return saved.age + (now_ - started_);
}

/// Null: nothing was saved, or it says nothing about today.
const SavedMember* Roster::saved_health(const Pool& pool, const Member& member,
                                        const std::string& check) const {
  const auto waiting = waiting_health_.find(pool.spec.name);
  if (waiting == waiting_health_.end()) return nullptr;
  // Two exchanges may have one address: they were saved in the order of the pool's members.
  const Member* const end = &member;
  auto before = std::count_if(pool.members.data(), end,
                              [&](const Member& other) { return other.address == member.address; });
  const auto found = std::ranges::find_if(waiting->second, [&](const SavedMember& saved) {
    return saved.address == member.address && saved.check == check && before-- == 0;
  });
  const bool there = found != waiting->second.end() && age_of(*found) <= kSavedHealthLifetime;
  return there ? &*found : nullptr;
}

/// It tells of the start: of the pool's members we know better from now on. The addresses of
/// exchanges may lie in a zone that is still to be loaded.
void Roster::forget_saved_health(const Pool& pool) {
  const auto waiting = waiting_health_.find(pool.spec.name);
  if (waiting == waiting_health_.end()) return;
  std::erase_if(waiting->second, [&](const SavedMember& saved) {
    return pool.spec.records != PoolRecords::mx ||
           std::ranges::find(pool.members, saved.address, &Member::address) != pool.members.end();
  });
  if (waiting->second.empty()) waiting_health_.erase(waiting);
}

/// Of every member, and of those whose zone is not built yet what was saved before.
SavedHealth Roster::health_to_save() const {
  SavedHealth saved;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    for (const Member& member : pool->members) {
      for (const RunIndex run : member.runs) {
        const health::State state = runs_[run].verdict.state();
        if (state == health::State::unknown) continue;
        // Of one that is held nobody knows: it is saved as it is answered.
        saved.members.push_back({.pool = pool->spec.name,
                                 .address = member.address,
                                 .check = runs_[run].check->name,
                                 .up = member.is_judged_as_before() || state == health::State::up,
                                 .kept_back = member.waits_until.has_value()});
      }
    }
  }
  for (const auto& [pool, members] : waiting_health_) {
    for (SavedMember member : members) {
      member.age = age_of(member);
      if (member.age <= kSavedHealthLifetime) saved.members.push_back(std::move(member));
    }
  }
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    const WitnessSpec& spec = guard_.witnesses[i];
    if (witnesses_[i].has_vote) saved.witnesses.push_back({spec.address, spec.check.name});
  }
  return saved;
}

}  // namespace rollcall::roster
