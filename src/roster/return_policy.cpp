/// The roster's members that are up and kept back all the same: for their flaps, or because their
/// pool wants no quick return.
#include <fmt/format.h>

#include "roster/roster.hpp"

namespace rollcall::roster {

/// Policy goes by what the probes say of a member, and by its past.
void Roster::judge(std::uint32_t index, Member& member) {
  const PoolSpec& spec = pools_[index]->spec;
  const Health before = std::exchange(member.judged, member.health);
  if (before != Health::down && member.judged == Health::down) {
    member.waits_until.reset();
    if (before != Health::up) return;  // a first probe is no fall
    member.flaps.fall(now_);
    if (!spec.flap_damping || !(member.damped_until || member.flaps.damps(now_))) return;
    member.damped_until = member.flaps.reuse_at();
    chores_.add(*member.damped_until, {Chore::take_back, index});
  } else if (before == Health::down && member.judged != Health::down) {
    wait_for_failback(index, member, now_);
  }
}

/// As its pool's failback says.
void Roster::wait_for_failback(std::uint32_t index, Member& member, Instant returned) {
  const std::optional<Duration> wait = pools_[index]->spec.failback;
  if (wait == Duration::zero()) return;
  member.waits_until = wait ? returned + *wait : kForEver;
  if (wait) chores_.add(std::max(now_, *member.waits_until), {Chore::take_back, index});
}

/// Ends what has come to its time in a pool; while answers are frozen that waits for their thaw.
void Roster::take_back_due(std::uint32_t index) {
  if (freeze_) return;
  Pool& pool = *pools_[index];
  bool any = false;
  for (Member& member : pool.members) {
    const bool kept_back = member.is_kept_back();
    if (member.damped_until && *member.damped_until <= now_) member.damped_until.reset();
    if (member.waits_until && *member.waits_until <= now_) member.waits_until.reset();
    if (!kept_back || member.is_kept_back()) continue;
    any = true;
    emit(Happening{.kind = HappeningKind::returned,
                   .alert = false,
                   .subject = fmt::format("{}: {} is kept back no longer",
                                          pool.spec.name.to_display(), to_display(member)),
                   .detail = {},
                   .name = pool.spec.name,
                   .member = member.address});
  }
  if (any) policy_changed(index);
}

/// An operator says `auto`: the member's past is forgiven.
/// @return true where it was kept back
bool Roster::release(Member& member) const {
  const bool kept_back = member.damped_until || member.waits_until;
  member.damped_until.reset();
  member.waits_until.reset();
  member.flaps.clear();
  return kept_back;
}

std::string Roster::kept_back_detail(const Pool& pool, const Member& member) const {
  const auto left = [this](Instant until) {
    return format_duration(std::chrono::ceil<std::chrono::seconds>(until - now_));
  };
  if (member.damped_until) {
    return fmt::format("it is kept back for {}: it went down too often",
                       left(*member.damped_until));
  }
  if (pool.spec.failback) {
    return fmt::format("it is kept back for {} (failback)", left(*member.waits_until));
  }
  return "it is kept back until an operator says auto (failback: manual)";
}

}  // namespace rollcall::roster
