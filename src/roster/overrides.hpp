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

  /// Those of the last run, at the first step: durations become times.
  void load(SavedOverrides saved);

  const OverridePtr& of(MemberRef ref) const { return rows_[ref]; }
  OverrideKind kind(MemberRef ref) const {
    return rows_[ref] ? rows_[ref]->kind : OverrideKind::automatic;
  }
  bool is_normal() const noexcept { return normal_; }
  std::optional<Instant> normal_until() const { return normal_ ? normal_until_ : std::nullopt; }

  /// Tries how it were: nothing is told or saved, and no end is planned.
  /// @return what was said before
  OverridePtr exchange(MemberRef ref, OverridePtr given) {
    return std::exchange(rows_[ref], std::move(given));
  }
  void give(MemberRef ref, OverridePtr given);
  /// Ends what has come to its time in a pool.
  /// @return true where anything has
  bool end_due(PoolIndex pool);
  /// @return what is told of it; nothing where it changes nothing
  void set_normal(bool on, std::optional<Instant> until, NormalFacts why, std::string actor);
  /// @return true where `normal` has come to its time
  bool is_normal_over() const { return normal_ && normal_until_ && *normal_until_ <= step_.now; }

  // Members, as they are bound (pool_binding.cpp).
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  /// A member without one: what was said of it in the last run, or of the same member of the pool
  /// that had this name until now, in another zone.
  void take_over(MemberRef ref);
  /// Of a member that left its pool at the last rebind().
  const OverridePtr& left(MemberIndex was) { return rows_.left(was); }
  /// The member has gone from its pool, or the pool has.
  void tell_gone(const Pool& pool, const Member& member, const OverridePtr& given);
  void forget(PoolIndex pool) { rows_.forget(pool); }
  /// Of the last run: members of this pool will not come any more.
  void forget_waiting(const dns::Name& pool);
  /// @param stays a pool's name: it is configured
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
  // Of the last run, by pool: their members come yet. In the order of their saving.
  std::map<dns::Name, std::vector<Waiting>, dns::CanonicalLess> waiting_;
  bool normal_ = false;
  std::optional<Instant> normal_until_;
  bool dirty_ = false;  // to be saved at the end of the step
};

}  // namespace rollcall::roster
