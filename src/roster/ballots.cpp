/// ZoneBoard: how members vote, and what policy makes of it.
#include <algorithm>

#include "pool/override.hpp"
#include "roster/zone_board.hpp"

namespace rollcall::roster {

Ballot ZoneBoard::ballot(const Watch& watch) const {
  std::uint64_t healthy = 0;
  std::uint64_t kept = 0;
  // A record has the highest tier of its members.
  std::uint64_t primary = 0;
  std::uint64_t backup = 0;
  std::uint64_t up = 0;
  for (const Seat& seat : watch.seats) {
    const MemberView member = views_.view({*watch.pool, seat.member});
    healthy |= std::uint64_t{member.counted} << seat.record;
    up |= std::uint64_t{member.up} << seat.record;
    kept |= std::uint64_t{!member.is_drained()} << seat.record;
    primary |= std::uint64_t{member.tier == Tier::primary} << seat.record;
    backup |= std::uint64_t{member.tier == Tier::backup} << seat.record;
  }
  std::uint64_t idle = 0;
  const std::vector<std::uint16_t> shares = record_shares(watch);
  for (std::size_t i = 0; i < shares.size(); ++i) idle |= std::uint64_t{shares[i] == 0} << i;
  return {.count = watch.targets.size(),
          .healthy = healthy,
          .drained = ~kept,
          .backup = backup & ~primary,
          .fallback = ~(primary | backup),
          .spare = up & ~healthy,
          .idle = idle};
}

/// By record. An exchange has the greatest share of its counted addresses, or of all where none is
/// counted.
std::vector<std::uint16_t> ZoneBoard::record_shares(const Watch& watch) const {
  std::vector<std::uint16_t> shares(watch.targets.size());
  std::vector<MemberView> members;
  members.reserve(watch.seats.size());
  std::uint64_t up = 0;
  for (const Seat& seat : watch.seats) {
    members.push_back(views_.view({*watch.pool, seat.member}));
    up |= std::uint64_t{members.back().counted} << seat.record;
  }
  for (std::size_t i = 0; i < watch.seats.size(); ++i) {
    const std::uint32_t record = watch.seats[i].record;
    if (!members[i].counted && (up >> record & 1) != 0) continue;
    shares[record] = std::max(shares[record], static_cast<std::uint16_t>(members[i].share));
  }
  return shares;
}

/// Empty while everything is answered, whatever policy says.
zone::Shares ZoneBoard::shares_of(const Watch& watch) const {
  if (!watch.pool || views_.is_normal()) return {};
  const Pool& pool = roll_[*watch.pool];
  if (pool.spec.observe_only) return {};
  zone::Shares shares{.weights = record_shares(watch),
                      .max_answers = static_cast<std::uint16_t>(pool.spec.max_answers)};
  if (std::ranges::adjacent_find(shares.weights, std::not_equal_to<>()) == shares.weights.end()) {
    shares.weights.clear();
  }
  return shares;
}

/// The ballot that decides the answers: where the pool only observes, only operators count.
Ballot ZoneBoard::answered_ballot(const Watch& watch) const {
  if (!roll_[*watch.pool].spec.observe_only) return ballot(watch);
  std::uint64_t in = 0;
  for (const Seat& seat : watch.seats) {
    const OverrideKind said = views_.view({*watch.pool, seat.member}).override_kind;
    in |= std::uint64_t{is_up(said, State::up)} << seat.record;
  }
  return observed(ballot(watch), ~in);
}

PoolPolicy ZoneBoard::answered_policy(const Watch& watch) const {
  const PoolSpec& spec = roll_[*watch.pool].spec;
  return spec.observe_only ? PoolPolicy{.when_all_down = spec.when_all_down} : policy_of(spec);
}

bool ZoneBoard::is_all_down(PoolIndex index) const {
  const Pool& pool = roll_[index];
  const PoolBoard* board = pools_.find(index);
  return board == nullptr || std::ranges::none_of(board->watches, [&](WatchId id) {
           const Watch& watch = zones_[pool.zone]->watches[id];
           return watch.pool == index && serving_members(ballot(watch), pool.spec.min_healthy) != 0;
         });
}

bool ZoneBoard::is_on_backup(PoolIndex index) const {
  const Pool& pool = roll_[index];
  const PoolBoard* board = pools_.find(index);
  if (pool.spec.observe_only || board == nullptr) return false;
  return std::ranges::any_of(board->watches, [&](WatchId id) {
    const Watch& watch = zones_[pool.zone]->watches[id];
    return watch.pool == index && serves_backup(ballot(watch), pool.spec.min_healthy);
  });
}

/// The mask by probes, policy and operators.
std::uint64_t ZoneBoard::decide(const Watch& watch) const {
  if (!watch.pool) return follow(watch, zone::WatchTable::all_of(watch.targets.size()));
  return follow(watch, live_members(ballot(watch), policy_of(roll_[*watch.pool].spec)));
}

/// The mask that is answered.
std::uint64_t ZoneBoard::evaluate(const Watch& watch) const {
  if (views_.is_normal()) return zone::WatchTable::all_of(watch.targets.size());
  if (!watch.pool || !roll_[*watch.pool].spec.observe_only) return decide(watch);
  return live_members(answered_ballot(watch), answered_policy(watch));
}

/// Leaves out of `live` the records whose target's pool is all down.
std::uint64_t ZoneBoard::follow(const Watch& watch, std::uint64_t live) const {
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < watch.targets.size(); ++i) {
    const std::optional<PoolIndex>& target = watch.targets[i];
    const bool here = !target || !roll_.has(*target) || !state(*target).all_down ||
                      roll_[*target].spec.observe_only;
    present |= std::uint64_t{here} << i;
  }
  return live_followers(live, present);
}

bool ZoneBoard::is_in(MemberRef ref,
                      const std::function<std::uint64_t(const Watch&)>& mask_of) const {
  const PoolBoard* board = pools_.find(ref.pool);
  if (board == nullptr) return false;
  for (const WatchId id : board->watches) {
    const Watch& watch = zones_[roll_[ref.pool].zone]->watches[id];
    if (watch.pool != ref.pool) continue;
    for (const Seat& seat : watch.seats) {
      if (seat.member == ref.member) return (mask_of(watch) >> seat.record & 1) != 0;
    }
  }
  return false;
}

bool ZoneBoard::is_live(MemberRef ref) const {
  return is_in(ref, [](const Watch& watch) { return watch.mask; });
}

bool ZoneBoard::would_be_live(MemberRef ref) const {
  if (!views_.is_normal() && !roll_[ref.pool].spec.observe_only) return is_live(ref);
  return is_in(ref, [this](const Watch& watch) { return decide(watch); });
}

std::vector<ZoneBoard::PoolRrset> ZoneBoard::ballots(PoolIndex pool) const {
  std::vector<PoolRrset> found;
  const PoolBoard* board = pools_.find(pool);
  if (board == nullptr) return found;
  for (const WatchId id : board->watches) {
    const Watch& watch = zones_[roll_[pool].zone]->watches[id];
    if (watch.pool == pool) found.push_back({id, answered_ballot(watch), answered_policy(watch)});
  }
  return found;
}

Duration ZoneBoard::ttl(PoolIndex pool) const {
  std::uint32_t longest = 0;
  const PoolBoard* board = pools_.find(pool);
  if (board == nullptr) return {};
  const ServedZone& zone = *zones_[roll_[pool].zone];
  for (const WatchId id : board->watches) {
    if (zone.watches[id].pool != pool) continue;
    longest = std::max(longest, zone.zone->watched()[id.value].ttl);
  }
  return std::chrono::seconds(longest);
}

}  // namespace rollcall::roster
