/// An owner of the pipeline: what operators have said of members, and of everything (`normal`).
///
/// Owns overrides and how long they hold. An override belongs to a member of a pool: it goes when
/// the member does. Those of the last run wait for their members, whose zones are still to be
/// loaded.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "pool/override.hpp"
#include "pool/saved_state.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

class Overrides {
 public:
  Overrides(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  /// Takes the overrides of the last run, at the first step: durations become times.
  void load(SavedOverrides saved);

  const OverridePtr& of(MemberRef ref) const { return rows_[ref]; }
  OverrideKind kind(MemberRef ref) const {
    return rows_[ref] ? rows_[ref]->kind : OverrideKind::automatic;
  }
  bool is_normal() const noexcept { return normal_; }
  std::optional<Instant> normal_until() const { return normal_ ? normal_until_ : std::nullopt; }

  /// For a trial: nothing is told or saved, and no end is planned.
  /// @return the override before
  OverridePtr exchange(MemberRef ref, OverridePtr given) {
    return std::exchange(rows_[ref], std::move(given));
  }
  void give(MemberRef ref, OverridePtr given);
  /// Ends the overrides of a pool that have expired.
  /// @return true where any has
  bool end_due(PoolIndex pool);
  /// Sets `normal` and tells.
  void set_normal(bool on, std::optional<Instant> until, NormalFacts why, std::string actor);
  /// @return true where `normal` has expired
  bool is_normal_over() const { return normal_ && normal_until_ && *normal_until_ <= step_.now; }

  // Members, as they are bound (pool_binding.cpp).
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  /// Gives a member without an override that of the last run, or that of the same member in the
  /// pool that had this name until now, in another zone.
  void take_over(MemberRef ref);
  /// The override of a member that left its pool at the last rebind().
  const OverridePtr& left(MemberIndex was) { return rows_.left(was); }
  /// The member has gone from its pool, or the pool has.
  void tell_gone(const Pool& pool, const Member& member, const OverridePtr& given);
  void forget(PoolIndex pool) { rows_.forget(pool); }
  /// No more members of this pool will come: forgets what the last run said of them.
  void forget_waiting(const dns::Name& pool);
  /// @param stays whether a pool of this name is configured
  void forget_waiting_but(const std::function<bool(const dns::Name&)>& stays);

  void touch() noexcept { dirty_ = true; }
  /// What is to be saved, if anything has changed since the last time.
  std::optional<SavedOverrides> take_changed();
  void check_invariants() const;

 private:
  struct Waiting {
    SavedOverride saved;
    OverridePtr given;
  };

  SavedOverrides to_save() const;

  Step& step_;
  const Roll& roll_;
  PerMember<OverridePtr> rows_;
  // Of the last run, by pool, until their members are loaded. In the order in which they were
  // saved.
  std::map<dns::Name, std::vector<Waiting>, dns::CanonicalLess> waiting_;
  bool normal_ = false;
  std::optional<Instant> normal_until_;
  bool dirty_ = false;  // to be saved at the end of the step
};

}  // namespace rollcall::roster
