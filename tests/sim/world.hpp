/// A seeded world around the roster: a clock, members that die and return, probes with latencies,
/// agents that restart or fail or never reply, wires that end, zones that are reloaded. Drives the
/// real reducer through its events and effects alone, as the daemon does, and checks its invariants
/// after every step.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "roster/roster.hpp"
#include "sim/backend.hpp"
#include "sim/nodes.hpp"
#include "sim/policy_model.hpp"
#include "sim/wires.hpp"

namespace rollcall::sim {

inline constexpr const char* kOrigin = "sim.test";  // of the zone that every world has

/// By an operator's word, else by its probes, or as it is held.
inline bool is_good(const pool::MemberStatus& member) {
  if (member.override_kind != pool::OverrideKind::automatic) {
    return member.override_kind == pool::OverrideKind::forced_up;
  }
  return (member.observed != pool::State::down) != member.held;
}

/// The longest that a change may take to be seen: the rest of an interval with its jitter, then
/// `count` probes at fast_interval or interval, whichever is longer, each as long as its timeout.
Duration worst_case(const health::CheckSpec& check, unsigned count);

class World {
 public:
  explicit World(std::uint64_t seed);

  /// Lives through `duration`, one happening after the other. Fails the running test with the seed
  /// in its message where an invariant breaks.
  void run(Duration duration);

  /// Every step and effect in words: the same seed gives the same trace.
  const std::string& trace() const { return trace_; }

  std::uint64_t flips() const { return flips_; }
  std::uint64_t restarts() const { return restarts_; }
  std::uint64_t overrides() const { return overrides_; }
  std::uint64_t refused_overrides() const { return refused_overrides_; }
  std::uint64_t freezes() const { return freezes_; }
  std::uint64_t withheld() const { return withheld_; }    // changes while the disk was full
  std::uint64_t unchanged() const { return unchanged_; }  // versions under the serial before
  std::uint64_t wire_ends() const { return wire_ends_; }
  std::uint64_t fast_falls() const { return fast_falls_; }
  std::uint64_t taken() const { return nodes_.taken(); }  // floating addresses

 private:
  // What is to happen: an event of the roster's, and what the world does of its own.
  struct Wake {};
  struct DiskWrites {};
  struct WireEnd {
    Wires::Wire wire;
    std::optional<IpAddress> from = {};  // who ends it; nothing: we do ourselves
  };
  struct StrayEnd {
    roll::WireId wire;
  };
  /// A process has died, and is out of the answers by then.
  struct Deadline {
    IpAddress member;
    Instant died;
  };
  using Plan = std::variant<roll::Event, Wake, DiskWrites, WireEnd, StrayEnd, Deadline>;
  struct Planned {
    Instant at;
    std::uint64_t order;
    Plan what;

    bool operator<(const Planned& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Reply {
    health::Outcome outcome;
    Duration takes;
  };
  enum class Fate : std::uint8_t { process, withdrawn, host };

  void make_zone();
  void make_mx_pool();
  void make_guard();
  void change_checks(pool::PoolSpec& spec);
  void change_policy(pool::PoolSpec& spec);
  void wire(health::CheckSpec& check);
  void add_backend(const IpAddress& address);
  void give_policy(pool::PoolSpec& spec, const std::vector<IpAddress>& members);
  roll::Configured configuration() const;
  pool::SavedState disk_as_of_now() const;
  void reload();
  void start_roster();
  void change_pool();
  void plan(Instant at, Plan what);
  Planned take_plan();
  void step(const roll::Event& event);
  const std::vector<roll::Effect>& step_roster(const roll::Event& event);
  void upset();
  void happen(const roll::Event& event);
  void happen(const Wake&);
  void happen(const DiskWrites&);
  void happen(const WireEnd& end);
  void happen(const StrayEnd& end);
  void happen(const Deadline& deadline);

  Duration some(Duration least, Duration most);
  Reply reply_of(const roll::StartProbe& effect);
  Reply reply_of_witness(const roll::StartProbe& effect);
  void note_vote(const roll::ProbeDone& ended);
  void note_word(const roll::StartProbe& effect, const Reply& reply);
  void die(const IpAddress& member, Fate fate);
  void revive(const IpAddress& member);
  void end_wires(const IpAddress& member, Duration within);
  void give_up(const std::vector<Wires::Wire>& wires);
  void tell_again(roll::WireId wire);
  Instant falls_by(const IpAddress& member) const;

  WallTime wall() const;
  WallTime calendar(Instant at) const;
  void step_clock();
  void recall_overrides();
  void restart_server(bool crash);
  void fill_or_empty_disk();
  std::string content_of(const zone::Zone& zone) const;
  void check_start();

  void perform(const roll::StartProbe& effect);
  void perform(const roll::KeepSerial& effect);
  void perform(const roll::StoreLive& effect);
  void perform(const roll::HoldWire& effect);
  void perform(const roll::DropWire& effect);
  void perform(const roll::PublishZone& effect);
  void perform(const roll::DropZone&) {}
  void perform(const roll::SendNotify& effect);
  void perform(const roll::RestartService& effect);
  void check_restart(const roll::RestartService& effect);
  void perform(const roll::RestartRefused& effect);
  void perform(const roll::AskNode& effect);
  void perform(const roll::CommandDone& effect);
  void perform(const pool::Notice& effect);
  void perform(const roll::WakeAt& effect);
  void perform(const roll::SaveHealth& effect);
  void perform(const roll::SaveOverrides& effect);
  void perform(const roll::SaveRestarts& effect);

  void speak();
  void override_somebody();
  void want_restart();
  void check_overrides(const pool::PoolStatus& pool);

  void cut_or_mend();
  bool is_cut_off(const IpAddress& address) const { return cut_ && !spared_.contains(address); }
  void check_cut(const pool::MemberStatus& member, const pool::PoolSpec& spec);
  void check_invariants();
  void check_pool(const pool::PoolStatus& pool, const pool::PoolSpec& spec);
  void check_delay(const pool::MemberStatus& member, const pool::PoolSpec& spec,
                   const Decision& decision);
  void check_mx_pool(const pool::PoolStatus& pool, const pool::PoolSpec& spec,
                     const pool::Status& all);
  void check_probes_alone(const pool::MemberStatus& member, const pool::PoolSpec& spec);
  void blame(Wires::Fault fault);
  void note(const std::string& line);
  std::string where() const;
  static std::int64_t ms_of(Instant at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  }

  std::uint64_t seed_;
  Random random_;
  bool slow_probes_;   // some probes of the living time out
  Instant checked_{};  // when the invariants were last looked at
  Instant now_{};
  Instant end_{};  // of the run
  std::uint64_t next_order_ = 0;
  std::vector<Planned> plans_;  // a heap
  std::optional<Instant> wake_;

  std::vector<pool::PoolSpec> pools_;
  std::optional<std::size_t> absent_;  // of them: not configured today
  std::string zone_text_;
  bool unprobed_exchange_ = false;  // an exchange in no zone of ours
  std::uint32_t file_serial_ = 1;
  roll::WatchTableSink table_;
  std::map<IpAddress, Backend> backends_;
  Nodes nodes_;
  std::unique_ptr<roster::Roster> roster_;

  roll::ZonePtr published_;
  pool::SavedState disk_;
  pool::SavedSerials unwritten_;  // what the disk was asked for, and has not answered
  bool disk_full_ = false;
  bool ending_ = false;
  std::string loaded_;        // the text of the version that the roster has
  std::string last_content_;  // that was published under last_serial_
  std::uint64_t withheld_ = 0;
  std::uint64_t unchanged_ = 0;
  std::optional<std::uint32_t> last_serial_;
  std::map<std::pair<std::string, IpAddress>, std::vector<Instant>> restarts_asked_;
  std::map<std::string, int> restarts_open_;
  std::map<IpAddress, Instant> refused_;   // when a probe last had a bad end that nobody asked for
  std::map<roll::RunId, bool> withdrawn_;  // what the member last said to a check
  std::optional<roll::RestartId> wanted_;  // by the operator, and not replied to
  std::string asked_;                      // the pool of the last restart
  Instant started_{};

  std::string trace_;
  std::uint64_t flips_ = 0;
  std::uint64_t answers_changed_ = 0;  // how often what queries see has changed
  std::uint64_t restarts_ = 0;
  std::uint64_t overrides_ = 0;
  std::uint64_t refused_overrides_ = 0;

  /// What the operator was told is in force: by pool, exchange and address.
  struct Said {
    pool::OverrideKind kind{};
    std::optional<Instant> until;
    WallTime saved_end{};  // `until`, as it is on disk
    Duration saved_left{};
  };
  using Member = std::tuple<std::string, std::string, IpAddress>;
  std::map<Member, Said> said_;
  std::vector<Member> named_;  // by the command under way
  Said word_;                  // of the command under way
  bool normal_ = false;
  std::optional<Instant> normal_until_;
  WallTime normal_saved_end_{};
  Duration normal_saved_left_{};
  WallTime overrides_saved_{};
  WallTime health_saved_{};
  WallTime restarts_saved_{};
  Instant restarts_written_{};
  std::chrono::milliseconds skew_{};  // of the calendar

  Wires wires_;
  std::size_t max_wires_ = roll::Configured{}.max_wires;
  std::uint64_t wire_ends_ = 0;
  std::uint64_t fast_falls_ = 0;

  pool::GuardSpec guard_;
  const IpAddress mute_witness_ = *IpAddress::parse("203.0.113.9");
  std::map<roll::RunId, IpAddress> witness_runs_;
  std::set<IpAddress> voters_;   // witnesses that have answered once
  bool cut_ = false;             // we have lost our network
  std::set<IpAddress> spared_;   // whom we reach all the same; no witness
  std::set<IpAddress> in_hand_;  // of an operator, at some time since the last cut or mend
  Instant cut_changed_{};        // when we lost or found it
  Instant before_cut_{};         // when the world had been disturbed before that
  Instant disturbed_{};          // when an operator or the guard last let answers follow the probes
  bool believed_ = false;        // an operator has done so during this cut
  bool was_frozen_ = false;
  bool half_read_ = false;  // a configuration of which no zone has heard
  std::uint64_t freezes_ = 0;
};

}  // namespace rollcall::sim
