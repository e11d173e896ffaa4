#include "roster/notices.hpp"

#include <algorithm>

namespace rollcall::roster {

void Notices::tell(Notice told, MemberRef member, const AlertWait& wait) {
  const bool bad = told.kind == NoticeKind::dropped || told.kind == NoticeKind::all_down ||
                   told.kind == NoticeKind::backup_took_over;
  if (told.alert && bad && wait.wanted) {
    if (waiting_.empty()) step_.chores.add(step_.now + wait.quiet, SendAlerts{});
    waiting_.push_back({step_.now, member, told});
    waiting_.back().told.logged = true;
    told.alert = false;
  } else if (told.alert) {
    // In order: waiting alerts of the same pool go first.
    for (WaitingAlert& alert : std::exchange(waiting_, {})) {
      if (alert.told.name == told.name) {
        step_.emit(std::move(alert.told));
      } else {
        waiting_.push_back(std::move(alert));
      }
    }
  }
  step_.emit(std::move(told));
}

void Notices::send_due(const AlertWait& wait) {
  const auto due = [&](const WaitingAlert& alert) {
    return std::min(alert.at + wait.longest, wait.last_fall + wait.quiet);
  };
  while (!waiting_.empty() && due(waiting_.front()) <= step_.now) {
    step_.emit(std::move(waiting_.front().told));
    waiting_.pop_front();
  }
  if (!waiting_.empty()) step_.chores.add(due(waiting_.front()), SendAlerts{});
}

void Notices::settle(const std::function<bool(NoticeKind, MemberRef)>& holds) {
  for (WaitingAlert& alert : std::exchange(waiting_, {})) {
    if (!alert.member || holds(alert.told.kind, *alert.member)) step_.emit(std::move(alert.told));
  }
}

void Notices::send_all() {
  for (WaitingAlert& alert : std::exchange(waiting_, {})) step_.emit(std::move(alert.told));
}

void Notices::rebind(PoolIndex pool, const FormerPlaces& former) {
  for (WaitingAlert& alert : waiting_) {
    if (!alert.member || alert.member->pool != pool) continue;
    const auto now = std::ranges::find(former, std::optional(alert.member->member));
    alert.member =
        now == former.end() ? std::nullopt : std::optional(MemberRef{pool, former.id_of(*now)});
  }
}

void Notices::forget(PoolIndex pool) {
  for (WaitingAlert& alert : waiting_) {
    if (alert.member && alert.member->pool == pool) alert.member.reset();
  }
}

}  // namespace rollcall::roster
