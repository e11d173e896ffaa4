/// The control plane as one reducer: an event and the time in, effects out.
///
/// Roster only routes: each part of the state has an owner with a header of its own, and no owner
/// touches another one's. A sighting goes down the pipeline in settle() (roster.cpp):
///
///   Probing -> Agreement -> Guard -> Overrides, Returns -> policy.hpp -> ZoneBoard -> Notices ->
///   Restarts, Forwards
///
/// TakeOvers stands beside it: whether the owner of a floating address lives is no member's health.
///
/// Owned by the roster strand: nothing here is thread-safe. It reads no clock and draws its random
/// numbers from a seed, so that the same events at the same times give the same effects (tests/sim
/// relies on that).
///
/// Invariants, each checked where it could break (core/invariant.hpp), and all of them by
/// check_invariants():
/// - a stored mask equals what policy.hpp says of today's health, except while `normal` is on and
/// in observe_only pools;
/// - a serial is published with one content, and not before it is on disk (SerialsKept);
/// - a pool has one restart at a time, a member has those that RestartLedger allows (an operator
/// may always);
/// - a pool belongs to one zone: where a name moves to another zone, that zone has a pool of its
/// own;
/// - an override that has ended, or whose member is gone, affects no mask of the same step;
/// - no agent is asked to restart a member under an override, unless by an operator;
/// - nobody is asked to take a floating address that another node is known to have;
/// - while answers are frozen no probe changes a mask;
/// - a fall that is taken back leaves a member as it was before.
///
/// Limitations: a restart of the server forgets that answers were frozen, and flap penalties. An
/// exchange in a zone that is loaded after its own pool's is answered before its first probe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pool/status.hpp"
#include "roll/agreement.hpp"
#include "roll/event.hpp"
#include "roll/probing.hpp"
#include "roster/guard.hpp"
#include "roster/notices.hpp"
#include "roster/overrides.hpp"
#include "roster/restarts.hpp"
#include "roster/returns.hpp"
#include "roster/vocabulary.hpp"
#include "roster/zone_board.hpp"
#include "standin/forwards.hpp"
#include "standin/take_overs.hpp"

namespace rollcall::roster {

inline constexpr Duration kSaveDelay = std::chrono::seconds(1);     // gathers flips into one write
inline constexpr Duration kSaveInterval = std::chrono::minutes(1);  // keeps saved health fresh

class Roster : private MemberViews {
 public:
  Roster(SavedState saved, std::uint64_t seed);
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;

  /// @param now never before an earlier one
  /// @return the effects, valid until the next step; the caller may move from them. Their memory is
  /// reused, so that a routine step allocates nothing
  std::vector<Effect>& step(const Event& event, Instant now);

  /// The calendar time of the next step, by which serials may go.
  void set_calendar(WallTime now) noexcept { step_.calendar = now; }

  Status status(Instant now) const;
  /// The addresses of members that have a service to restart or a port to forward.
  std::set<IpAddress> nodes_with_agents() const;
  RestartId next_restart_id() noexcept { return restarts_.next_id(); }

  /// Checks all invariants of everything: for tests and the simulator, after a step.
  void check_invariants();

 private:
  // roster.cpp: routes. Events,
  void begin();
  void on(const Configured& event);
  void on(const ZoneBuilt& event);
  void on(const ZoneEdited& event);
  void on(const SerialsKept& event) { board_.take(event); }
  void on(const SecondariesHold& event) { board_.take(event); }
  void on(const ZoneUnchanged& event);
  void on(const ZoneRefused& event) { board_.take(event); }
  void on(const WireEnded& event);
  void on(const FileChanged& event) { probing_.take(event); }
  void on(const ProbeDone& event);
  void on(const NodeSaid& event);
  void on(const AgentReplied& event);
  void on(const RestartWanted& event) { restarts_.take(event); }
  void on(const NodeReplied& event);
  void on(const OverrideWanted& event);
  void on(const NormalWanted& event);
  void on(const ThawWanted& event);
  void on(const Tick&) { wake_wanted_.reset(); }
  void on(const Stopping&);
  // what has come to its time,
  void run(const ServeZone& chore) { board_.serve_now(chore.zone); }
  void run(const NotifyAgain& chore) { board_.notify_again(chore.zone); }
  void run(const SendFlips& chore) { board_.send_flips(chore.zone); }
  void run(const TryRestarts& chore) { try_restarts(chore.pool); }
  void run(const EndStop&);
  void run(const SaveSoon&) { save(); }
  void run(const SaveRegularly& chore);
  void run(const EndOverrides& chore);
  void run(const EndNormal&);
  void run(const ReleaseMembers& chore) { release_due(chore.pool); }
  void run(const GrowShares& chore);
  void run(const AskWitness& chore) { probing_.start_witness(chore.witness); }
  void run(const LookAtHolders& chore) { take_overs_.look(chore.address); }
  void run(const TryForwards& chore) { judge_forwards(chore.pool); }
  void run(const SendAlerts&) { notices_.send_due(guard_.alert_wait()); }
  // and the stages.
  void settle(const Sighting& seen);
  void turn(const Turn& turn, bool refused);
  void judge(MemberRef ref);
  PoolState apply_policy(PoolIndex pool);
  void policy_changed(PoolIndex pool);
  void judge_pools(bool tell);
  void hear(const WitnessWord& word);
  void freeze();
  void thaw(ThawFacts::Cause cause, bool afresh, std::optional<IpAddress> witness = {},
            std::string actor = {});
  void recount();
  void recount_later();
  void release_due(PoolIndex pool);
  void confirm_restart(MemberRef ref);
  void try_restarts(PoolIndex pool);
  bool may_restart(PoolIndex pool) const;
  bool is_doubtful() const { return guard_.is_frozen() || guard_.is_unwitnessed(); }
  void judge_forwards(PoolIndex pool);
  const dns::Name* needed_and_down(PoolIndex pool) const;
  void set_normal(bool on, std::optional<Instant> until, NormalFacts why, std::string actor);
  void save();
  void save_soon();
  void ask_to_be_woken();

  /// The only place where a MemberView is made.
  MemberView view(MemberRef ref) const override;
  bool is_normal() const override { return overrides_.is_normal(); }

  // pool_binding.cpp: the members of pools, as configuration and zones say
  using Specs = std::unordered_map<dns::Name, std::shared_ptr<const PoolSpec>>;
  using SeedsByPool = std::map<dns::Name, std::vector<Seed>, dns::CanonicalLess>;
  void rebind(ZoneIndex zone, const Specs& specs);
  void rebind_exchanges(ZoneIndex built);
  void rebind_as_it_is(ZoneIndex zone);
  void bind(ZoneIndex zone, const Specs& specs);
  SeedsByPool seeds_of(const zone::Zone& zone) const;
  PoolIndex bind_pool(ZoneIndex zone, const PoolSpec& spec, const std::vector<Seed>& seeds);
  void bind_new(MemberRef ref);
  void bind_again(MemberRef ref, const PoolSpec& former, const Member& was, bool other_checks);
  void take_over_from_exchange(MemberRef ref, const IdVector<MemberIndex, Member>& before,
                               const std::vector<MemberIndex>& gone);
  void leave(PoolIndex pool, const Member& gone, MemberIndex was);
  void forget_pool(PoolIndex pool);

  // telling.cpp: what people are told of members and pools
  void tell_health(const Turn& turn, PoolState was);
  void tell_degradation(const Sighting& seen);
  void tell_state(PoolIndex pool, PoolState was);
  void tell_of_pool(PoolIndex pool, Notice told);
  MemberFacts after_fall(MemberRef ref) const;
  MemberFacts after_return(MemberRef ref) const;
  PoolCount count_of(PoolIndex pool) const;
  Notice notice_of(NoticeKind kind, MemberRef ref) const;

  // override_command.cpp: what operators say
  using Chosen = std::map<PoolIndex, std::vector<MemberIndex>>;  // members by pool
  Chosen members_named(const OverrideWanted& event) const;
  std::optional<std::string> lone_name(const OverrideWanted& event) const;
  std::vector<std::string> unknown_members(const OverrideWanted& event) const;
  std::vector<std::string> last_live(const OverrideWanted& event, const Chosen& chosen,
                                     const std::vector<Ballot>& before) const;
  void resume_actions(const std::string& actor);
  void refuse_override(const OverrideWanted& event, const Chosen& chosen,
                       const std::vector<std::string>& emptied);
  void set_overrides(const Chosen& chosen, const OverrideWanted& event);

  // status.cpp
  PoolStatus pool_status(PoolIndex pool, Instant now) const;
  MemberStatus member_status(MemberRef ref, Instant now) const;
  RestartOutlook restart_outlook(MemberRef ref, Instant now) const;
  SavedHealth health_to_save() const;

  Step step_;
  bool running_ = false;
  SavedState saved_;  // until the first step
  Specs specs_;       // as configured now
  Roll roll_;
  Probing probing_{step_, roll_};
  Agreement agreement_{step_, probing_};
  Overrides overrides_{step_, roll_};
  Returns returns_{step_, roll_};
  Guard guard_{step_, roll_, agreement_, overrides_, returns_};
  ZoneBoard board_{step_, roll_, *this};
  Restarts restarts_{step_, roll_};
  standin::TakeOvers take_overs_{step_};
  standin::Forwards forwards_{step_, roll_};
  Notices notices_{step_};
  std::optional<Instant> wake_wanted_;
  bool save_pending_ = false;
};

}  // namespace rollcall::roster
