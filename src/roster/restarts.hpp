/// An owner of the pipeline: which agents are asked to restart a service, and when.
///
/// Owns ledgers, open restarts and the breaker: in a pool one at a time, for a member as
/// RestartLedger allows, over all as Breaker does (an operator may always). A restart begins
/// only with a bad probe that has just come. Ledgers outlive a run of the server, and a member's
/// absence.
///
/// Limitation: a restart of the server forgets what was given up, and that all restarts are
/// stopped.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pool/restart_policy.hpp"
#include "roll/breaker.hpp"
#include "roll/event.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

struct OpenRestart {
  PoolIndex pool;
  IpAddress member;
  std::string service;
};

class Restarts {
 public:
  Restarts(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  RestartId next_id() noexcept { return {++last_}; }
  /// Takes the restarts of the last run, at the first step.
  void load(std::vector<SavedRestart> saved);

  /// A member has fallen: nothing is restarted for so long.
  void fell(MemberRef ref, Duration delay);
  /// It is up.
  void returned(MemberRef ref);
  void want(MemberRef ref, bool wanted) { rows_[ref].wanted = wanted; }
  bool is_wanted(MemberRef ref) const { return rows_[ref].wanted; }
  /// A probe has just said that it is still down: its restart begins, if it may begin now.
  /// Otherwise TryRestarts follows when it may.
  void confirm(MemberRef ref);
  /// It is not restarted, because its pool needs one that is down. Told once.
  void waits_for(MemberRef ref, const dns::Name& needed);
  /// A member whose restart is wanted and may begin, if a probe confirms that it is down.
  std::optional<MemberRef> next_due(PoolIndex pool);
  /// An operator ends the stop of all restarts.
  /// @return false where there was none
  bool resume(const std::string& actor) { return breaker_.resume(actor); }
  /// The chore at the end of a stop.
  void end_stop() { breaker_.end_stop(); }
  /// How long all restarts are still stopped.
  std::optional<Duration> stop_left(Instant now) const noexcept { return breaker_.left(now); }
  bool is_given_up(MemberRef ref) const { return rows_[ref].given_up; }
  /// When the delay after its fall is over.
  Instant due(MemberRef ref) const { return rows_[ref].due; }
  void take(const RestartWanted& event);
  /// @return the restart that has ended; nothing where it was not open
  std::optional<OpenRestart> take(const AgentReplied& event);

  /// The restart under way in a pool.
  const OpenRestart* open_in(PoolIndex pool) const;
  bool is_open_in(PoolIndex pool) const {
    const PoolRestarts* row = pools_.find(pool);
    return row != nullptr && row->open.has_value();
  }
  const RestartLedger& ledger(MemberRef ref) const { return rows_[ref].ledger; }

  // Members, as they are bound.
  void rebind(PoolIndex pool, const FormerPlaces& former) { rows_.rebind(pool, former); }
  /// A member new in its pool: its earlier restarts count, also those in the pool that had this
  /// name until now, in another zone.
  void take_over(MemberRef ref);
  /// A member left its pool at the last rebind(). It may come back within the hour.
  void leave(const Pool& pool, const Member& member, MemberIndex was) {
    keep(pool, member, rows_.left(was).ledger);
  }
  /// @param for_good no other pool has its name from now on: its members may come back under it
  void forget(PoolIndex pool, bool for_good);

  /// What is to be saved, if anything has changed since the last time.
  std::optional<std::vector<SavedRestart>> take_changed();
  bool has_changed() const noexcept { return dirty_; }
  void check_invariants() const;

 private:
  struct MemberRestarts {
    RestartLedger ledger;
    Instant due{};           // not restarted before
    std::uint8_t tries = 0;  // by us, since it was up last
    bool wanted = false;
    bool given_up = false;
    bool waits = false;  // for a pool that its own needs; told
  };
  struct PoolRestarts {
    std::optional<RestartId> open;  // one at a time
    std::optional<Instant> wait;    // when the next one is tried
  };
  /// Of a member that is away: its zone is not loaded yet, or it has gone.
  struct Waiting {
    SavedRestart saved;
    Instant at;
  };

  Instant allowed_from(MemberRef ref) const;
  void give_up(MemberRef ref);
  void look_again(PoolIndex pool, Instant at);
  void begin(PoolIndex pool, const IpAddress& member, const std::string& service, RestartId id,
             const std::string& actor);
  void refuse(const RestartWanted& event, RestartFacts facts);
  void keep(const Pool& pool, const Member& member, const RestartLedger& ledger);
  std::vector<SavedRestart> to_save();

  Step& step_;
  const Roll& roll_;
  PerMember<MemberRestarts> rows_;
  PerPool<PoolRestarts> pools_;
  std::map<RestartId, OpenRestart> open_;
  Breaker breaker_{step_, Breaker::Of::restarts};
  std::uint64_t last_ = 0;
  std::map<dns::Name, std::vector<Waiting>, dns::CanonicalLess> waiting_;  // by pool, oldest first
  std::size_t waiting_count_ = 0;
  bool dirty_ = false;  // to be saved with the health
};

}  // namespace rollcall::roster
