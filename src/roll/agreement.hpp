/// An owner of the pipeline: the health of members that nameservers agree on, and since when.
///
/// A single nameserver agrees with itself: observed health is agreed at once.
#pragma once

#include "core/invariant.hpp"
#include "roll/probing.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"

namespace rollcall::roll {

/// The agreed health of a member before and after a sighting.
struct Turn {
  MemberRef member;
  State before = State::unknown;
  State agreed = State::unknown;
  Instant since{};  // of `before`

  bool is_fall() const noexcept { return agreed == State::down && before != State::down; }
  bool is_return() const noexcept { return before == State::down && agreed != State::down; }
};

class Agreement {
 public:
  /// @param probing only read: our own sightings
  Agreement(const Step& step, const Probing& probing) : step_(step), probing_(probing) {}

  State health(MemberRef ref) const { return rows_[ref].agreed; }
  Instant since(MemberRef ref) const { return rows_[ref].since; }

  /// Called after a sighting, and where a member's observed health has changed otherwise.
  Turn follow(MemberRef ref) {
    Row& row = rows_[ref];
    const Turn turn{ref, row.agreed, probing_.observed(ref), row.since};
    if (turn.agreed != turn.before) row = {turn.agreed, step_.now};
    return turn;
  }

  // Members, as they are bound.
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  /// A new member, of which nothing was agreed before.
  void add(MemberRef ref) { rows_[ref] = {probing_.observed(ref), step_.now}; }
  /// Since when the health of a member that left its pool at the last rebind() was agreed.
  Instant left_since(MemberIndex was) { return rows_.left(was).since; }
  void forget(PoolIndex pool) { rows_.forget(pool); }

  void check_invariants(const Roll& roll) const {
    roll.each_member([this](MemberRef ref, const Pool&, const Member&) {
      invariant(health(ref) == probing_.observed(ref), "observed health is agreed at once");
    });
  }

 private:
  struct Row {
    State agreed = State::unknown;
    Instant since{};
  };

  const Step& step_;
  const Probing& probing_;
  PerMember<Row> rows_;
};

}  // namespace rollcall::roll
