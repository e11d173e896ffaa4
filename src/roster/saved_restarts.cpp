/// The roster's ledgers of restarts: they outlive a run of the server, and a member's absence.
#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

/// What stands for members that are away. Many more than a day of removals brings.
constexpr std::size_t kMaxWaitingRestarts = 100'000;

}  // namespace

void Roster::load_restarts() {
  for (SavedRestart& saved : std::exchange(saved_.restarts, {})) {
    // The calendar counts whole milliseconds: by it one may seem older than it is by up to one.
    const Instant at = std::min(now_, now_ - saved.age + WallTime::duration(1));
    waiting_restarts_.push_back({std::move(saved), at});
  }
  std::ranges::stable_sort(waiting_restarts_, {}, &WaitingRestart::at);
}

/// A member that is new in its pool: what was asked of it before counts, also in the pool that had
/// this name until now, in another zone.
void Roster::take_over_restarts(std::uint32_t index, Member& member) {
  const Pool& pool = *pools_[index];
  for (const std::uint32_t other : pools_named(pool.spec.name)) {
    if (other == index) continue;
    for (const Member& its : pools_[other]->members) {
      if (its.address == member.address && its.exchange == member.exchange) {
        member.restarts = its.restarts;
      }
    }
  }
  std::erase_if(waiting_restarts_, [&](const WaitingRestart& waiting) {
    const SavedRestart& saved = waiting.saved;
    if (saved.pool != pool.spec.name || saved.address != member.address ||
        saved.exchange != member.exchange) {
      return false;
    }
    member.restarts.note(waiting.at);
    return true;
  });
}

/// The member has gone from its pool. It may come back within the hour.
void Roster::keep_restarts(const Pool& pool, const Member& member) {
  for (const Instant at : member.restarts.recent(now_)) {
    if (waiting_restarts_.size() >= kMaxWaitingRestarts) return;
    waiting_restarts_.push_back({{pool.spec.name, member.address, member.exchange}, at});
  }
}

std::vector<SavedRestart> Roster::restarts_to_save() {
  std::vector<SavedRestart> saved;
  for (const auto& pool : pools_) {
    if (!pool) continue;
    for (const Member& member : pool->members) {
      for (const Instant at : member.restarts.recent(now_)) {
        saved.push_back({pool->spec.name, member.address, member.exchange, now_ - at});
      }
    }
  }
  std::erase_if(waiting_restarts_, [this](const WaitingRestart& waiting) {
    return waiting.at + kRestartWindow <= now_;
  });
  for (const WaitingRestart& waiting : waiting_restarts_) {
    saved.push_back(waiting.saved);
    saved.back().age = now_ - waiting.at;
  }
  return saved;
}

}  // namespace rollcall::roster
