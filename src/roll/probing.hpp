/// The first owner of the pipeline: probes, and what they say of members and witnesses.
///
/// Owns runs, lanes, timers, wires, and the observed health of members. Takes ProbeDone, WireEnded
/// and FileChanged; gives a Sighting.
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

/// The wire of a check with `tripwire`, and what its ends have shown.
struct Tripwire {
  bool stands = false;
  bool repeats = false;  // the first probe after the end proved nothing: more follow at once
  std::uint8_t short_lives = 0;  // how often in a row it ended soon after it was opened
  Instant since{};               // when it was opened
  Instant next{};                // not opened again before
  std::optional<Instant> cut;    // when it ended, until a later probe has shown why

  bool is_explained_by(Instant probe_started) const noexcept {
    return cut && *cut <= probe_started;
  }
};

/// An entry in the queue of probes. Only the newest of a run counts.
struct ProbeTimer {
  RunIndex run;
  std::uint32_t generation, timer;
};

/// Probes that share a limit on how many are under way; the others wait in the order of their
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
  std::optional<bool> degraded;         // degraded from now on, or no longer; nothing: as before
  std::optional<std::uint8_t> percent;  // of its weight that it asks for; nothing: as before
  bool in_doubt = false;                // the probe was bad, but does not decide alone
  bool refused = false;                 // the member refused the connection
  bool restart_would_help = false;      // down, and not by its own request alone
};
/// What a probe has said of a witness.
struct WitnessWord {
  WitnessIndex witness;
  bool heard = false;
  Instant asked{};
  bool is_down = false;  // by its verdict
  std::string reason;    // why it was not heard
};
/// std::monostate: the probe brings nothing new.
using Seen = std::variant<std::monostate, Sighting, WitnessWord>;

class Probing {
 public:
  Probing(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  void set_limits(const Configured& event);
  /// Takes the health that the last run saved, at the first step.
  void load(std::vector<SavedMember> saved);
  /// Replaces the witnesses.
  void set_witnesses(const std::vector<WitnessSpec>& witnesses);

  // Events.
  /// @param frozen witnesses are asked at their fast pace
  Seen take(const ProbeDone& event, bool frozen);
  /// @return true where a wire was cut: our own network may be at fault
  bool take(const WireEnded& event);
  void take(const FileChanged& event);
  /// @return true where the node says something else than before: its members are looked at again
  bool take(const NodeSaid& event);
  /// Combines what the checks of a member and its node say now.
  Sighting sight(MemberRef ref);
  void start_due();
  /// When the next probe is due whose lane has room.
  std::optional<Instant> next_due() const;

  // Witnesses. Each is asked by a probe that begins from now on, even while all lanes are full.
  void ask_witnesses();
  void ask_witness(WitnessIndex witness);
  void start_witness(WitnessIndex witness);

  // Members, as they are bound (pool_binding.cpp).
  /// @return true where the checks have changed
  bool rebind(PoolIndex pool, const FormerPlaces& former);
  /// A new member.
  /// @return true where it was saved as kept back
  bool add(MemberRef ref);
  /// A member that stays: this is its place from now on.
  void moved(MemberRef ref);
  /// A member that stays, whose checks may have changed.
  /// @param elsewhere its probes go to another address or port from now on
  void renew(MemberRef ref, bool elsewhere);
  void drop_wires(MemberRef ref);
  /// Combines what its checks say anew, after a reload.
  void renew_observed(MemberRef ref) { rows_[ref].observed = combined(ref); }
  /// Its bad verdicts were reached without a network: they begin anew.
  void begin_anew(MemberRef ref);
  /// A member left its pool at the last rebind().
  void leave(MemberIndex was);
  void forget(PoolIndex pool);
  void forget_saved(const Pool& pool);
  void probe_now(MemberRef ref);

  // What is known.
  State observed(MemberRef ref) const { return rows_[ref].observed; }
  bool is_degraded(MemberRef ref) const { return rows_[ref].degraded; }
  std::uint8_t asked_percent(MemberRef ref) const;
  bool has_runs(MemberRef ref) const { return !rows_[ref].runs.empty(); }
  /// The reason of a bad check, else of a degraded one.
  const std::string& reason(MemberRef ref) const;
  /// Why the last probe of one of its checks could not be made; empty: it could.
  std::string why_unasked(MemberRef ref) const;
  std::uint64_t probes(MemberRef ref) const;
  /// The percentage that its checks ask for; nothing: they ask for none.
  std::optional<std::uint8_t> said_percent(MemberRef ref) const;
  bool has_fallen(MemberRef ref) const;
  bool restart_would_help(MemberRef ref) const;
  /// @param visit (const health::CheckSpec&, State) of each of its checks
  template <class Visit>
  void each_check(MemberRef ref, Visit visit) const {
    for (const RunIndex run : rows_[ref].runs) visit(*runs_[run].check, runs_[run].verdict.state());
  }
  /// The saved health of members whose zone is not built yet.
  void add_saved(std::vector<SavedMember>& saved) const;
  void check_invariants() const;

 private:
  using CheckPtr = std::shared_ptr<const health::CheckSpec>;
  struct MemberRuns {
    RunList runs;  // none where the member is elsewhere
    State observed = State::unknown;
    bool degraded = false;       // up, with a warning
    std::uint8_t percent = 100;  // as the last sighting said
  };
  struct WitnessRun {
    RunIndex run;
    IpAddress address;
  };

  /// What a node says of itself, where that is not simply "up". It comes on top of the checks: it
  /// can take a member out of the answers or lower its share, and never put one in.
  struct NodeWord {
    NodeWords words;
    std::string reason;  // where it takes its members out
    bool takes_out() const {
      return words.state == NodeWords::State::drain || words.state == NodeWords::State::down;
    }
    bool operator==(const NodeWord&) const = default;
  };
  /// Null: the member's node says nothing but "up".
  const NodeWord* word_of(MemberRef ref) const;

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
  std::unordered_map<IpAddress, NodeWord> words_;      // by node
  std::size_t wires_ = 0;                              // that stand
  Instant wires_from_ = Instant::min();  // none is opened before: our own host lacked resources
  std::size_t max_wires_ = 0;
  // Saved by the last run, by pool, until its zone is built.
  std::map<dns::Name, std::vector<SavedMember>, dns::CanonicalLess> waiting_;
};

/// How soon a witness is asked again.
Duration witness_pause(const health::CheckSpec& check);

}  // namespace rollcall::roll
