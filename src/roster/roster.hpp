/// The control plane as one reducer: an event and the time in, effects out.
///
/// Owned by the roster strand: nothing here is thread-safe. It reads no clock and draws its random
/// numbers from a seed, so that the same events at the same times give the same effects
/// (tests/sim drives it so).
///
/// Invariants:
/// - a stored mask equals what policy.hpp says of today's health, but under `normal` and in a pool
/// that only observes;
/// - a serial is published with one content, and not before it is on disk (SerialsKept);
/// - in a pool one restart at a time, for a member as RestartLedger allows (an operator may
/// always);
/// - a pool belongs to one zone: where a name moves to another zone, that has a pool of its own;
/// - an override that ended, or whose member went, is in no mask of the same step;
/// - no agent is asked to restart a member under an override, unless by an operator;
/// - while answers are frozen no probe changes a mask;
/// - a fall that is taken back leaves a member as it was before.
///
/// Limitations: a restart of the server forgets that answers were frozen, and flap penalties. An
/// exchange in a zone that is loaded after its own pool's is answered before its first probe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/random.hpp"
#include "roster/event.hpp"
#include "roster/falls.hpp"
#include "roster/members.hpp"
#include "roster/policy.hpp"
#include "roster/saved_state.hpp"
#include "roster/serial.hpp"
#include "roster/served_zone.hpp"
#include "roster/status.hpp"
#include "roster/timer_queue.hpp"

namespace rollcall::roster {

inline constexpr Duration kReadyLimit = std::chrono::seconds(5);    // a first round's longest wait
inline constexpr Duration kNotifyPause = std::chrono::seconds(1);   // between batches, per zone
inline constexpr Duration kSaveDelay = std::chrono::seconds(1);     // gathers flips into one write
inline constexpr Duration kSaveInterval = std::chrono::minutes(1);  // keeps saved health fresh

class Roster {
 public:
  Roster(SavedState saved, std::uint64_t seed);

  /// @param now never before an earlier one
  /// @return the effects, the caller's to take from, until the next step: their memory is used
  /// again, so that nothing is allocated while nothing is in doubt
  std::vector<Effect>& step(const Event& event, Instant now);

  /// What the calendar says at the next step: serials may go by it.
  void set_calendar(WallTime now) noexcept { calendar_ = now; }

  Status status(Instant now) const;
  RestartId next_restart_id() noexcept { return {++last_restart_}; }

 private:
  /// What makes a member: an address, and the exchange that it belongs to, if to one.
  struct Seed {
    IpAddress address;
    std::string exchange;
    bool elsewhere = false;

    bool operator==(const Seed&) const = default;
  };
  struct OpenRestart {
    std::uint32_t pool = 0;
    IpAddress member;
    std::string service;
  };
  enum class Chore : std::uint8_t {
    zone_ready,
    notify,
    restart,
    save,
    override_end,
    normal_end,
    take_back,
    ramp_step,
    ask_witness,
    alerts
  };
  struct ChoreTimer {
    Chore chore;
    std::uint32_t index;  // of a zone, pool or witness
  };

  // status.cpp
  PoolStatus pool_status(const Pool& pool, Instant now) const;
  std::string restart_note(const Pool& pool, const Member& member, Instant now) const;
  bool is_in(const Pool& pool, std::size_t member,
             const std::function<std::uint64_t(const Watch&)>& mask_of) const;
  bool is_live(const Pool& pool, std::size_t member) const;
  bool would_be_live(const Pool& pool, std::size_t member) const;

  // roster.cpp: events
  void on(const Configured& event);
  void on(const ZoneBuilt& event);
  void on(const SerialsKept& event);
  void on(const SecondariesHold& event);
  void on(const ZoneUnchanged& event);
  void on(const ZoneRefused& event);
  void on(const WireEnded& event);
  void on(const FileChanged& event);
  void on(const ProbeDone& event);
  void on(const AgentReplied& event);
  void on(const RestartWanted& event);
  void refuse_restart(const RestartWanted& event, const std::string& reason);
  void on(const OverrideWanted& event);
  void on(const NormalWanted& event);
  void on(const ThawWanted& event);
  void on(const Tick&) { wake_wanted_.reset(); }
  void on(const Stopping&);
  void run_due();
  void start_due(Lane& lane);
  void run_chore(const ChoreTimer& timer);
  void ask_to_be_woken();

  // zones.cpp: versions of zones, their watches, masks and serials
  std::uint32_t zone_index(const dns::Name& origin);
  using Specs = std::unordered_map<dns::Name, PoolSpec>;
  void rebind(std::uint32_t zone_index, const Specs& specs);
  void rebind_exchanges(std::uint32_t built);
  void bind_watches(std::uint32_t zone_index);
  Watch bind_watch(std::uint32_t zone_index, const zone::WatchedRrset& rrset);
  Standing standing(const Watch& watch) const;
  bool is_all_down(std::uint32_t pool) const;
  bool is_on_backup(std::uint32_t pool) const;
  Standing answered_standing(const Watch& watch) const;
  PoolPolicy answered_policy(const Watch& watch) const;
  std::uint64_t decide(const Watch& watch) const;
  std::uint64_t evaluate(const Watch& watch) const;
  std::uint64_t follow(const Watch& watch, std::uint64_t live) const;
  void store_masks(std::uint32_t zone_index, const std::vector<std::uint32_t>& watches);
  void publish_when_ready(std::uint32_t zone_index);
  void publish(std::uint32_t zone_index);
  void ask_notify(std::uint32_t zone_index);

  // served_serial.cpp: under which serial secondaries get what is answered
  std::uint32_t shown_serial(const ServedZone& zone) const;
  std::uint32_t next_serial(const ServedZone& zone) const;
  bool is_as_sent(const ServedZone& zone) const;
  std::string content_of(const ServedZone& zone) const;
  SerialPolicy serial_policy_of(const dns::Name& origin) const;
  SavedSerial serial_to_save(const ServedZone& zone) const;
  void keep_serials_ahead(ServedZone& zone);
  void note_unsent(ServedZone& zone, const std::vector<zone::MaskChange>& changes);
  bool send_content(ServedZone& zone, std::vector<zone::MaskChange> changes);

  // pool_binding.cpp: the members of pools
  void bind_pools(std::uint32_t zone_index, const Specs& specs);
  void note_exchanges(std::uint32_t zone_index);
  void forget_exchanges(std::uint32_t zone_index);
  using SeedsByPool = std::map<dns::Name, std::vector<Seed>, dns::CanonicalLess>;
  SeedsByPool seeds_of(const zone::Zone& zone) const;
  std::vector<IpAddress> addresses_of(const dns::Name& host) const;
  std::uint32_t bind_pool(std::uint32_t zone_index, const PoolSpec& spec,
                          const std::vector<Seed>& seeds);
  void take_over_from_exchange(std::uint32_t pool, Member& member,
                               const std::vector<Member>& before);
  void share_checks(Pool& pool) const;
  void renew_standing(std::uint32_t pool, Member& member, const PoolSpec& former);
  std::optional<std::uint32_t> find_pool(std::uint32_t zone_index, const dns::Name& name) const;
  std::vector<std::uint32_t> pools_named(const dns::Name& name) const;
  void forget_pool(std::uint32_t pool);

  // runs.cpp: the checks of members
  RunIndex new_run(std::uint32_t pool, std::uint32_t member,
                   std::shared_ptr<const health::CheckSpec> check);
  void add_runs(std::uint32_t pool, std::uint32_t member);
  void renew_runs(std::uint32_t pool, std::uint32_t member, bool moved);
  void set_pace(RunIndex run, const std::shared_ptr<const health::CheckSpec>& check);
  void free_run(RunIndex run);

  // saved_health.cpp
  void load_health();
  Duration age_of(const SavedMember& saved) const;
  const SavedMember* saved_health(const Pool& pool, const Member& member,
                                  const std::string& check) const;
  void forget_saved_health(const Pool& pool);
  SavedHealth health_to_save() const;

  // saved_restarts.cpp
  void load_restarts();
  void take_over_restarts(std::uint32_t pool, Member& member);
  void keep_restarts(const Pool& pool, const Member& member);
  std::vector<SavedRestart> restarts_to_save();

  // member_health.cpp: verdicts, restarts
  void schedule(RunIndex run, Instant at);
  Lane& lane_of(const Run& run);
  void start_probe(RunIndex run);
  ProbeId probe_id(RunIndex run) const;
  Run* find_run(ProbeId probe);
  Endpoint target_of(const Run& run) const;
  void settle(std::uint32_t pool, std::uint32_t member);
  /// What is told of a pool where it changes.
  struct PoolState {
    bool all_down = false;
    bool on_backup = false;
  };
  PoolState apply_policy(std::uint32_t pool);
  PoolState renew_state(std::uint32_t pool);
  void policy_changed(std::uint32_t pool);
  void settle_degradation(const Pool& pool, Member& member);
  const std::string& reason_of(const Member& member) const;
  void tell_health(const Pool& pool, const Member& member, Health before, PoolState was);
  std::string down_detail(const Pool& pool, const Member& member) const;
  std::string up_detail(const Pool& pool, const Member& member) const;
  void tell_state(const Pool& pool, PoolState was);
  void tell_of_pool(const Pool& pool, Happening told);
  void try_restarts(std::uint32_t pool);
  void begin_restart(std::uint32_t pool, const IpAddress& member, const std::string& service,
                     RestartId id, std::string_view actor);

  // shares.cpp: how often who is answered
  unsigned share_of(const Pool& pool, const Member& member) const;
  bool take_percent(Member& member) const;
  std::vector<std::uint16_t> record_shares(const Watch& watch) const;
  std::uint64_t idle_records(const Watch& watch) const;
  void note_returns(std::uint32_t pool);
  void grow_shares(std::uint32_t pool);
  zone::Shares shares_of(const Watch& watch) const;
  void store_shares(std::uint32_t zone_index, const std::vector<std::uint32_t>& watches);

  // tripwire.cpp: faster than the interval
  void hold_wire(RunIndex run);
  void drop_wire(RunIndex run);
  void drop_all_wires();
  void explain_end(Run& run, const health::Outcome& outcome);
  Instant next_after_end(const Tripwire& wire) const;

  // return_policy.cpp: who is kept back after a return
  void judge(std::uint32_t pool, Member& member);
  void wait_for_failback(std::uint32_t pool, Member& member, Instant returned);
  void take_back_due(std::uint32_t pool);
  bool release(Member& member) const;
  std::string kept_back_detail(const Pool& pool, const Member& member) const;

  // witnesses.cpp
  static Duration longest_word(const WitnessSpec& witness);
  void set_witnesses(const std::vector<WitnessSpec>& wanted);
  bool has_answered(const WitnessSpec& spec) const;
  std::size_t voters() const;
  std::size_t silent_voters() const;
  bool is_unwitnessed() const;
  void ask_witnesses();
  void ask_witness(std::uint32_t place);
  void start_witness(std::uint32_t place);
  void witness_probed(std::uint32_t place, bool heard, Instant asked);
  void tell_of_silence(std::uint32_t place);
  void give_vote(std::uint32_t place);

  // isolation.cpp: is it me or them?
  void set_guard(const Configured& event);
  Sightings sightings();
  void member_fell(const Pool& pool, const Member& member, Health before);
  void note_fall(const Pool& pool, const Member& member, Health before);
  void member_returned(const Pool& pool, const Member& member, Instant fell);
  void discount_fall(const Member& member, bool automatic);
  void look_for_isolation();
  void take_back(Member& member);
  void forget_fall(const Member& member);
  void follow_fall(const Member& member, RunIndex before);
  void thaw(const std::string& reason, bool afresh);
  void probe_afresh(const Pool& pool, Member& member);
  void judge_pools(bool tell);
  void recount_members();
  void recount_members_later();
  std::size_t member_count();

  // alerts.cpp: of what goes down
  void tell(Happening told, const Member& member);
  bool may_be_taken_back();
  void send_due_alerts();
  void settle_held_alerts();
  void send_held_alerts();

  // override_command.cpp: what operators say
  using Chosen = std::map<std::uint32_t, std::vector<std::uint32_t>>;  // members by pool
  Chosen members_named(const OverrideWanted& event) const;
  std::optional<std::string> lone_name(const OverrideWanted& event) const;
  static std::string names_of(const Pool& pool, const std::vector<std::uint32_t>& members);
  std::vector<std::string> unknown_members(const OverrideWanted& event) const;
  std::vector<Standing> standings(const Chosen& chosen) const;
  std::vector<std::string> last_live(const OverrideWanted& event, const Chosen& chosen,
                                     const std::vector<Standing>& before) const;
  void refuse_override(const OverrideWanted& event, const Chosen& chosen,
                       const std::vector<std::string>& emptied);
  void set_overrides(const Chosen& chosen, const OverrideWanted& event);

  // overrides.cpp: how long that holds
  void give_override(std::uint32_t pool, Member& member, OverridePtr given);
  void take_over_override(std::uint32_t pool, Member& member);
  void forget_override(const Pool& pool, const Member& member);
  void end_overrides(std::uint32_t pool);
  void load_overrides();
  void forget_waiting(const std::function<bool(const SavedOverride&)>& gone);
  SavedOverrides overrides_to_save() const;
  void set_normal(bool on, std::optional<Instant> until, std::string subject);

  void save_soon();

  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }

  Instant now_{};
  Instant started_{};
  std::optional<WallTime> calendar_;
  std::string unkept_;  // why serials cannot be kept; empty: they can
  bool running_ = false;
  Random random_;
  SavedState saved_;
  std::vector<Effect> effects_;  // of the step under way

  Specs specs_;                                                            // as configured now
  std::map<dns::Name, SerialPolicy, dns::CanonicalLess> serial_policies_;  // the same
  std::vector<std::unique_ptr<ServedZone>> zones_;                         // null: dropped
  std::unordered_map<dns::Name, std::uint32_t> zone_index_;
  // By each exchange of a pool and each name above it: the zones that have such pools.
  std::unordered_map<dns::Name, std::set<std::uint32_t>> exchange_zones_;
  std::vector<std::unique_ptr<Pool>> pools_;  // null: forgotten
  std::vector<Run> runs_;
  std::vector<RunIndex> free_runs_;
  Lane probes_;                          // all but those of exec checks
  Lane programs_;                        // of exec checks: a process each
  std::unordered_set<ProbeId> orphans_;  // programs whose run is forgotten: they still run
  std::unordered_map<RunIndex, std::string> unasked_;  // why the last probe could not be made
  std::size_t wires_ = 0;                              // held
  Instant wires_from_ = Instant::min();  // none is opened before: our own host ran short
  std::size_t max_wires_ = 0;
  std::map<RestartId, OpenRestart> restarts_;
  std::uint64_t last_restart_ = 0;

  TimerQueue<ChoreTimer> chores_;
  std::optional<Instant> wake_wanted_;
  bool save_pending_ = false;

  // Of the last run, by pool: its zone comes yet.
  std::map<dns::Name, std::vector<SavedMember>, dns::CanonicalLess> waiting_health_;
  struct WaitingOverride {
    SavedOverride saved;
    OverridePtr given;
  };
  std::vector<WaitingOverride> waiting_overrides_;  // of the last run: their members come yet
  std::vector<WaitingRestart> waiting_restarts_;    // of members that are not in their pools now
  bool restarts_dirty_ = false;                     // to be saved with the health
  bool normal_ = false;
  std::optional<Instant> normal_until_;
  bool overrides_dirty_ = false;  // to be saved at the end of the step

  struct Witness {
    RunIndex run;
    std::optional<bool> answers;  // its last probe, if there was one
    bool asked = false;           // a probe is wanted that begins from now on
    bool has_vote = false;        // it has answered once: its silence counts
    bool told = false;            // of its silence, since the start or the last reload
  };
  struct HeldAlert {
    Instant at;
    ProbeId member;  // the first of its runs, or of its pool's
    Happening told;
  };
  struct Freeze {
    Instant since;
    bool unheard = false;  // no witness answered at some time of it
    std::string why;
  };
  GuardSpec guard_;
  std::vector<Witness> witnesses_;
  bool witnesses_muted_ = false;  // an operator knows of their silence
  std::optional<Freeze> freeze_;
  std::size_t held_ = 0;          // members that turned down and are answered as before
  std::size_t member_count_ = 0;  // whose probes decide of an answer
  bool members_counted_ = true;   // else the count is of an earlier moment
  Falls falls_;
  Duration fall_window_{};  // the longest interval of a check
  Duration doubt_{};        // for so long after its fall a member is taken back
  Duration quiet_{};        // without a fall ends the wait of held alerts
  std::deque<HeldAlert> held_alerts_;
};

/// What the checks of a member say together (health/combine.hpp).
/// @param needed of its checks that must be up; 0: all
Health combined_health(const std::vector<Run>& runs, const Member& member, std::size_t needed);

}  // namespace rollcall::roster
