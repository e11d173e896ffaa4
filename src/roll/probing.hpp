/// The first owner of the pipeline: probes, and what they say of members and witnesses.
///
/// Owns runs, lanes, timers, wires, and the health of members as it is observed. Takes ProbeDone,
/// WireEnded and FileChanged; gives a Sighting.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "health/degradation.hpp"
#include "health/verdict.hpp"
#include "roll/event.hpp"
#include "roll/roll.hpp"
#include "roll/run_list.hpp"
#include "roll/step.hpp"

namespace rollcall::roll {

/// The idle connection of a check with `tripwire`, and what its ends have said.
struct Tripwire {
  bool stands = false;
  bool repeats = false;          // the first probe since the end was doubtful: more follow at once
  std::uint8_t short_lives = 0;  // ends in a row soon after it was opened
  Instant since{};               // it stands
  Instant next{};                // it is not opened again before
  std::optional<Instant> cut;    // it ended, and no probe that began since has said why

  bool is_explained_by(Instant probe_started) const noexcept {
    return cut && *cut <= probe_started;
  }
};

/// An entry in the queue of probes. Only the newest of a run counts.
struct ProbeTimer {
  RunIndex run;
  std::uint32_t generation, timer;
};

/// Probes that share a limit: so many are under way at once, the others wait in the order of their
/// times.
struct Lane {
  TimerQueue<ProbeTimer> timers;
  std::size_t open = 0;
  std::size_t most = 0;

  bool has_room() const noexcept { return open < most; }
};

/// One check of one member or witness. Runs live in a flat table; a free one is reused under a new
/// generation, so that the answer to a forgotten probe finds nothing.
struct Run {
  Probed probed;
  std::uint32_t generation = 0;
  std::uint32_t timer = 0;  // counts schedulings: only the newest entry in the queue counts
  health::Verdict verdict{1, 1};
  Instant started{};
  std::uint64_t probes = 0;
  std::shared_ptr<const health::CheckSpec> check;
  std::string reason;  // of the last probe, if it was bad or degraded
  health::Degradation degradation;
  bool open = false;       // a probe is under way
  bool asked = false;      // of a witness: a probe is wanted that begins from now on
  bool withdrawn = false;  // the member itself asks to be left out: nothing is to be restarted
  std::optional<std::uint8_t> percent;  // of its weight that the member asks for
  Tripwire wire;
};

/// What a probe has said of a member.
struct Sighting {
  MemberRef member;
  State before = State::unknown;
  State observed = State::unknown;
  std::optional<bool> degraded;         // it is so from now on, or no longer; nothing: as before
  std::optional<std::uint8_t> percent;  // of its weight that it asks for; nothing: as before
  bool in_doubt = false;                // the probe was bad, and decides nothing alone
  bool refused = false;                 // the member refused the connection
  bool restart_would_help = false;      // down by a check that does not ask to be left out
};
/// What a probe has said of a witness.
struct WitnessWord {
  WitnessIndex witness;
  bool heard = false;
  Instant asked{};
  bool is_down = false;  // by its verdict
  std::string reason;    // why it was not heard
};
/// Nothing: the probe says no more than was known.
using Seen = std::variant<std::monostate, Sighting, WitnessWord>;

class Probing {
 public:
  Probing(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  void set_limits(const Configured& event);
  /// Those of the last run, as they are at the first step.
  void load(std::vector<SavedMember> saved);
  /// Those that were there before are forgotten.
  void set_witnesses(const std::vector<WitnessSpec>& witnesses);

  // Events.
  /// @param frozen witnesses are asked at their fast pace
  Seen take(const ProbeDone& event, bool frozen);
  /// @return true where a wire has been cut, which may have been our own way to it
  bool take(const WireEnded& event);
  void take(const FileChanged& event);
  void start_due();
  /// When the next probe is due that may begin then.
  std::optional<Instant> next_due() const;

  // Witnesses. Each is asked by a probe that begins from now on, and waits for no member's.
  void ask_witnesses();
  void ask_witness(WitnessIndex witness);
  void start_witness(WitnessIndex witness);

  // Members, as they are bound (pool_binding.cpp).
  /// @return true where the checks are others than before
  bool rebind(PoolIndex pool, const FormerPlaces& former);
  /// A new member.
  /// @return true where it was saved as kept back
  bool add(MemberRef ref);
  /// A member that stays, at its place from now on.
  void moved(MemberRef ref);
  /// A member that stays, whose checks may be others.
  /// @param elsewhere it is probed at another address or port from now on
  void renew(MemberRef ref, bool elsewhere);
  void drop_wires(MemberRef ref);
  /// Its checks may say something else together after a reload.
  void renew_observed(MemberRef ref) { rows_[ref].observed = combined(ref); }
  /// Its bad verdicts were made without a network: they begin anew.
  void begin_anew(MemberRef ref);
  /// Of one that left its pool at the last rebind().
  void leave(MemberIndex was);
  void forget(PoolIndex pool);
  void forget_saved(const Pool& pool);
  void probe_now(MemberRef ref);

  // What is known.
  State observed(MemberRef ref) const { return rows_[ref].observed; }
  bool is_degraded(MemberRef ref) const { return rows_[ref].degraded; }
  std::uint8_t asked_percent(MemberRef ref) const;
  bool has_runs(MemberRef ref) const { return !rows_[ref].runs.empty(); }
  /// The word of a check that is bad, else of one that is degraded.
  const std::string& reason(MemberRef ref) const;
  /// Why the last probe of one of its checks could not be made; empty: it could.
  std::string why_unasked(MemberRef ref) const;
  std::uint64_t probes(MemberRef ref) const;
  /// What its checks ask for themselves; nothing: they ask for nothing.
  std::optional<std::uint8_t> said_percent(MemberRef ref) const;
  bool has_fallen(MemberRef ref) const;
  bool restart_would_help(MemberRef ref) const;
  /// @param visit (const health::CheckSpec&, State) of each of its checks
  template <class Visit>
  void each_check(MemberRef ref, Visit visit) const {
    for (const RunIndex run : rows_[ref].runs) visit(*runs_[run].check, runs_[run].verdict.state());
  }
  /// What was saved before, and whose zone is not built yet.
  void add_saved(std::vector<SavedMember>& saved) const;
  void check_invariants() const;

 private:
  using CheckPtr = std::shared_ptr<const health::CheckSpec>;
  struct MemberRuns {
    RunList runs;  // none of one that is elsewhere
    State observed = State::unknown;
    bool degraded = false;       // up, and somebody should look
    std::uint8_t percent = 100;  // as the last sighting said
  };
  struct WitnessRun {
    RunIndex run;
    IpAddress address;
  };

  RunIndex new_run(Probed probed, CheckPtr check);
  void free_run(RunIndex run);
  void set_pace(RunIndex run, const CheckPtr& check);
  void schedule(RunIndex run, Instant at);
  Lane& lane_of(const Run& run);
  void start_due(Lane& lane);
  void start_probe(RunIndex run);
  RunId id_of(RunIndex run) const {
    return {std::uint64_t{runs_[run].generation} << 32 | run.value};
  }
  static RunIndex index_of(RunId run) { return {static_cast<std::uint32_t>(run.value)}; }
  Run* find_run(RunId id);
  Endpoint target_of(const Run& run) const;
  void note(Run& run, RunIndex index, const health::Outcome& outcome);
  void schedule_next(RunIndex run, const health::Outcome& outcome);
  Sighting sight(MemberRef ref);
  State combined(MemberRef ref) const;
  const SavedMember* saved_of(const Pool& pool, MemberIndex member, const std::string& check) const;
  Duration age_of(const SavedMember& saved) const {
    return saved.age + (step_.now - step_.started);
  }

  // tripwire.cpp
  void hold_wire(RunIndex run);
  void drop_wire(RunIndex run);
  void drop_all_wires();
  void explain_end(Run& run, const health::Outcome& outcome);
  Instant next_after_end(const Tripwire& wire) const;

  Step& step_;
  const Roll& roll_;
  IdVector<RunIndex, Run> runs_;
  std::vector<RunIndex> free_runs_;
  PerMember<MemberRuns> rows_;
  PerPool<std::vector<CheckPtr>> checks_;  // of its spec, shared by the runs
  IdVector<WitnessIndex, WitnessRun> witnesses_;
  Lane probes_;                        // all but those of exec checks
  Lane programs_;                      // of exec checks: a process each
  std::unordered_set<RunId> orphans_;  // programs whose run is forgotten: they still run
  std::unordered_map<RunIndex, std::string> unasked_;  // why the last probe could not be made
  std::size_t wires_ = 0;                              // that stand
  Instant wires_from_ = Instant::min();  // none is opened before: our own host ran short
  std::size_t max_wires_ = 0;
  // Of the last run, by pool: its zone comes yet.
  std::map<dns::Name, std::vector<SavedMember>, dns::CanonicalLess> waiting_;
};

/// How soon a witness is asked again.
Duration witness_pause(const health::CheckSpec& check);

}  // namespace rollcall::roll
