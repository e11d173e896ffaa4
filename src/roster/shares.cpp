/// How often who is answered: weights, what members ask for themselves, and the growth of a share
/// after a return.
#include "roster/shares.hpp"

#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {

unsigned Roster::share_of(const Pool& pool, const Member& member) const {
  Share share{.weight = member.weight, .percent = member.percent};
  if (member.ramps_from) {
    share.grown = now_ - *member.ramps_from;
    share.ramp_up = pool.spec.ramp_up;
  }
  return effective_share(share);
}

/// Of several checks that ask for a part of the weight the least counts.
/// @return true where it is another one than before
bool Roster::take_percent(Member& member) const {
  std::uint8_t least = 100;
  for (const RunIndex run : member.runs) {
    if (const auto percent = runs_[run].percent) least = std::min(least, *percent);
  }
  return std::exchange(member.percent, least) != least;
}

/// Who counts as up again after it did not begins with a small share.
void Roster::note_returns(std::uint32_t index) {
  Pool& pool = *pools_[index];
  bool any = false;
  for (Member& member : pool.members) {
    const bool served = std::exchange(member.served, member.counts_as_up());
    if (!member.served || pool.spec.ramp_up == Duration::zero()) {
      member.ramps_from.reset();
    } else if (!served) {
      member.ramps_from = now_;
    } else if (member.ramps_from && now_ - *member.ramps_from >= pool.spec.ramp_up) {
      member.ramps_from.reset();
    }
    any |= member.ramps_from.has_value();
  }
  if (!any || (pool.ramp_step && *pool.ramp_step > now_)) return;
  pool.ramp_step = now_ + std::max(pool.spec.ramp_up / kRampSteps, Duration(1));
  chores_.add(*pool.ramp_step, {Chore::ramp_step, index});
}

void Roster::grow_shares(std::uint32_t index) {
  note_returns(index);
  store_shares(pools_[index]->zone, pools_[index]->watches);
}

/// By record. An exchange has the greatest share of those of its addresses that count as up; where
/// none does, of all.
std::vector<std::uint16_t> Roster::record_shares(const Watch& watch) const {
  const Pool& pool = *pools_[*watch.pool];
  std::vector<std::uint16_t> shares(watch.targets.size());
  std::uint64_t up = 0;
  for (const Seat& seat : watch.seats) {
    up |= std::uint64_t{pool.members[seat.member].counts_as_up()} << seat.record;
  }
  for (const Seat& seat : watch.seats) {
    const Member& member = pool.members[seat.member];
    if (!member.counts_as_up() && (up >> seat.record & 1) != 0) continue;
    const auto share = static_cast<std::uint16_t>(share_of(pool, member));
    shares[seat.record] = std::max(shares[seat.record], share);
  }
  return shares;
}

std::uint64_t Roster::idle_records(const Watch& watch) const {
  const std::vector<std::uint16_t> shares = record_shares(watch);
  std::uint64_t idle = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) idle |= std::uint64_t{shares[i] == 0} << i;
  return idle;
}

/// Nothing while all is answered whatever policy says.
zone::Shares Roster::shares_of(const Watch& watch) const {
  if (!watch.pool || normal_) return {};
  const Pool& pool = *pools_[*watch.pool];
  if (pool.spec.observe_only) return {};
  zone::Shares shares{.weights = record_shares(watch),
                      .max_answers = static_cast<std::uint16_t>(pool.spec.max_answers)};
  if (std::ranges::adjacent_find(shares.weights, std::not_equal_to<>()) == shares.weights.end()) {
    shares.weights.clear();
  }
  return shares;
}

void Roster::store_shares(std::uint32_t index, const std::vector<std::uint32_t>& watches) {
  ServedZone& zone = *zones_[index];
  std::vector<zone::ShareChange> changes;
  for (const std::uint32_t id : watches) {
    Watch& watch = zone.watches[id];
    zone::Shares shares = shares_of(watch);
    if (shares == watch.shares) continue;
    watch.shares = shares;
    changes.push_back({WatchId{id}, std::move(shares)});
  }
  if (!changes.empty()) emit(StoreShares{zone.zone, std::move(changes)});
}

}  // namespace rollcall::roster
