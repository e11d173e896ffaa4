/// The roster's alerts of what goes down. While the guard could still take a fall back they wait
/// for a moment: of a mass drop one alert shall be sent.
#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

bool still_holds(HappeningKind kind, const Pool& pool, const Member& member) {
  if (kind == HappeningKind::dropped) return member.judged == Health::down;
  return kind == HappeningKind::all_down ? pool.all_down : pool.on_backup;
}

}  // namespace

/// Tells of a member or its pool: the log at once.
void Roster::tell(Happening told, const Member& member) {
  const bool bad = told.kind == HappeningKind::dropped || told.kind == HappeningKind::all_down ||
                   told.kind == HappeningKind::backup_took_over;
  if (told.alert && bad && may_be_taken_back()) {
    if (held_alerts_.empty()) chores_.add(now_ + quiet_, {Chore::alerts, 0});
    held_alerts_.push_back({now_, probe_id(member.runs.front()), told});
    held_alerts_.back().told.logged = true;
    told.alert = false;
  } else if (told.alert) {
    // One tale after the other: what was held of this pool comes first.
    for (HeldAlert& held : std::exchange(held_alerts_, {})) {
      if (held.told.name == told.name) {
        emit(std::move(held.told));
      } else {
        held_alerts_.push_back(std::move(held));
      }
    }
  }
  emit(std::move(told));
}

/// Whether somebody has fallen just now, and the guard can freeze the answers.
bool Roster::may_be_taken_back() {
  if (freeze_ || !falls_.any() || now_ >= falls_.last() + quiet_) return false;
  const bool by_number = guard_.max_drop < 100 && member_count() >= guard_.max_drop_from;
  return by_number || (voters() != 0 && !witnesses_muted_);
}

/// Sends those whose falls have been the last for a while, or count no longer.
void Roster::send_due_alerts() {
  const auto due = [this](const HeldAlert& held) {
    return std::min(held.at + doubt_, falls_.last() + quiet_);
  };
  while (!held_alerts_.empty() && due(held_alerts_.front()) <= now_) {
    emit(std::move(held_alerts_.front().told));
    held_alerts_.pop_front();
  }
  if (!held_alerts_.empty()) chores_.add(due(held_alerts_.front()), {Chore::alerts, 0});
}

/// Answers are frozen: there is an alert of that. Those of falls that were not taken back go out.
void Roster::settle_held_alerts() {
  for (HeldAlert& held : std::exchange(held_alerts_, {})) {
    const Run* run = find_run(held.member);
    const Pool* pool = run == nullptr ? nullptr : pools_[run->pool].get();
    if (pool == nullptr || still_holds(held.told.kind, *pool, pool->members[run->member])) {
      emit(std::move(held.told));
    }
  }
}

void Roster::send_held_alerts() {
  for (HeldAlert& held : std::exchange(held_alerts_, {})) emit(std::move(held.told));
}

}  // namespace rollcall::roster
