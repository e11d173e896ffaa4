/// A desk at which an owner of the control plane works alone: a step, a roll of pools, and what the
/// other owners would say.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "pool/pools.hpp"
#include "roll/member_view.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"

namespace rollcall::roll {

class Desk : public testing::Test, public MemberViews {
 protected:
  Desk() { step_.now = step_.started = Instant(std::chrono::hours(1)); }

  /// A pool of members with these addresses; no owner has bound it yet.
  PoolIndex add_pool(PoolSpec spec, const std::vector<std::string>& addresses,
                     ZoneIndex zone = {}) {
    const PoolIndex index = roll_.add(zone, spec.name);
    Pool& pool = roll_[index];
    pool.spec = std::move(spec);
    for (const std::string& address : addresses) {
      Member& member = pool.members.emplace_back();
      member.address = address_of(address);
      apply_spec(pool.spec, member);
    }
    return index;
  }
  static FormerPlaces fresh(std::size_t count) { return FormerPlaces(count); }
  static MemberRef ref(PoolIndex pool, std::uint32_t member) { return {pool, {member}}; }

  void wait(Duration time) {
    step_.now += time;
    step_.effects.clear();
  }
  /// Chores that are due now.
  std::vector<Chore> due() {
    std::vector<Chore> found;
    while (const auto chore = step_.chores.take_due(step_.now)) found.push_back(*chore);
    return found;
  }
  /// All effects of one kind since the last wait() or take().
  template <class E>
  std::vector<E> take() {
    std::vector<E> found;
    for (const Effect& effect : step_.effects) {
      if (const E* its = std::get_if<E>(&effect)) found.push_back(*its);
    }
    step_.effects.clear();
    return found;
  }
  std::vector<NoticeKind> told() {
    std::vector<NoticeKind> kinds;
    for (const Notice& notice : take<Notice>()) kinds.push_back(notice.kind);
    return kinds;
  }

  MemberView view(MemberRef ref) const override {
    const auto found = views_.find(ref);
    return found == views_.end() ? MemberView{.observed = State::up, .judged = State::up}
                                 : found->second;
  }
  bool is_normal() const override { return normal_; }

  Step step_{7};
  Roll roll_;
  std::map<MemberRef, MemberView> views_;  // of members that are not simply up
  bool normal_ = false;
};

}  // namespace rollcall::roll
