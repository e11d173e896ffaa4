/// The control plane as one reducer: an event and the time in, effects out.
///
/// Owned by the roster strand: nothing here is thread-safe. It reads no clock and draws its random
/// numbers from a seed, so that the same events at the same times give the same effects
/// (tests/sim drives it so).
///
/// Invariants:
/// - a stored mask equals what policy.hpp says of today's health;
/// - a serial is published once, with one content, and KeepSerial stands before it on disk;
/// - in a pool one restart at a time, for a member as RestartLedger allows (an operator may
/// always);
/// - a pool belongs to one zone: where a name moves to another zone, that has a pool of its own.
///
/// Limitations: no overrides, tiers, weights, isolation guard or flap damping. An exchange in a
/// zone that is loaded after its own pool's is answered before its first probe.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/random.hpp"
#include "roster/event.hpp"
#include "roster/members.hpp"
#include "roster/saved_state.hpp"
#include "roster/serial.hpp"
#include "roster/status.hpp"
#include "roster/timer_queue.hpp"

namespace rollcall::roster {

inline constexpr std::size_t kMaxOpenProbes = 1000;                 // each holds a socket
inline constexpr Duration kReadyLimit = std::chrono::seconds(5);    // a first round's longest wait
inline constexpr Duration kNotifyPause = std::chrono::seconds(1);   // between batches, per zone
inline constexpr Duration kSaveDelay = std::chrono::seconds(1);     // gathers flips into one write
inline constexpr Duration kSaveInterval = std::chrono::minutes(1);  // keeps saved health fresh

class Roster {
 public:
  Roster(SavedState saved, std::uint64_t seed);

  /// @param now never before an earlier one
  std::vector<Effect> step(const Event& event, Instant now);

  Status status(Instant now) const;
  RestartId next_restart_id() noexcept { return {++last_restart_}; }

 private:
  struct ServedZone {
    dns::Name origin;
    ZonePtr zone;
    bool published = false;
    ServedSerial serial;
    std::vector<Watch> watches;
    std::vector<std::uint32_t> pools;
    std::unordered_map<dns::Name, std::uint32_t> pool_index;  // of `pools`, by name
    bool has_mx_pools = false;  // whose exchanges may lie in other zones
    std::uint32_t unknown_members = 0;
    std::optional<Instant> notified;
    bool notify_waiting = false;
    std::string problem;
  };
  /// What makes a member: an address, and the exchange that it belongs to, if to one.
  struct Seed {
    IpAddress address;
    std::string exchange;

    bool operator==(const Seed&) const = default;
  };
  struct OpenRestart {
    std::uint32_t pool = 0;
    IpAddress member;
    std::string service;
  };
  struct ProbeTimer {
    RunIndex run;
    std::uint32_t generation, timer;
  };
  enum class Chore : std::uint8_t { zone_ready, notify, restart, save };
  struct ChoreTimer {
    Chore chore;
    std::uint32_t index;  // of a zone or pool
  };

  // status.cpp
  PoolStatus pool_status(const Pool& pool, Instant now) const;
  bool is_live(const Pool& pool, std::size_t member) const;

  // roster.cpp: events
  void on(const Configured& event);
  void on(const ZoneBuilt& event);
  void on(const ZoneUnchanged& event);
  void on(const ZoneRefused& event);
  void on(const FileChanged& event);
  void on(const ProbeDone& event);
  void on(const AgentReplied& event);
  void on(const RestartWanted& event);
  void refuse_restart(const RestartWanted& event, const std::string& reason);
  void on(const Tick&) { wake_wanted_.reset(); }
  void on(const Stopping&);
  void run_due();
  void run_chore(const ChoreTimer& timer);
  void ask_to_be_woken();

  // zones.cpp: versions of zones, their watches, masks and serials
  std::uint32_t zone_index(const dns::Name& origin);
  using Specs = std::unordered_map<dns::Name, PoolSpec>;
  void rebind(std::uint32_t zone_index, const Specs& specs);
  void rebind_exchanges(std::uint32_t built);
  void bind_pools(std::uint32_t zone_index, const Specs& specs);
  using SeedsByPool = std::map<dns::Name, std::vector<Seed>, dns::CanonicalLess>;
  SeedsByPool seeds_of(const zone::Zone& zone) const;
  std::vector<IpAddress> addresses_of(const dns::Name& host) const;
  std::uint32_t bind_pool(std::uint32_t zone_index, const PoolSpec& spec,
                          const std::vector<Seed>& seeds);
  std::optional<std::uint32_t> find_pool(std::uint32_t zone_index, const dns::Name& name) const;
  void bind_watches(std::uint32_t zone_index);
  Watch bind_watch(std::uint32_t zone_index, const zone::WatchedRrset& rrset);
  void forget_pool(std::uint32_t pool);
  std::uint64_t evaluate(const Watch& watch) const;
  void store_masks(std::uint32_t zone_index, const std::vector<std::uint32_t>& watches);
  void publish(std::uint32_t zone_index);
  void ask_notify(std::uint32_t zone_index);

  // member_health.cpp: runs, verdicts, restarts
  void add_runs(std::uint32_t pool, std::uint32_t member);
  void free_run(RunIndex run);
  void schedule(RunIndex run, Instant at);
  void start_probe(RunIndex run);
  void settle(std::uint32_t pool, std::uint32_t member);
  void settle_degradation(const Pool& pool, Member& member);
  const std::string& reason_of(const Member& member) const;
  void tell_health(const Pool& pool, const Member& member, Health before, bool was_all_down);
  void try_restarts(std::uint32_t pool);
  void begin_restart(std::uint32_t pool, const IpAddress& member, const std::string& service,
                     RestartId id, bool by_operator);
  SavedHealth health_to_save() const;
  void save_soon();

  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }

  Instant now_{};
  Instant started_{};
  bool running_ = false;
  Random random_;
  SavedState saved_;
  std::vector<Effect> effects_;  // of the step under way

  Specs specs_;                                     // as configured now
  std::vector<std::unique_ptr<ServedZone>> zones_;  // null: dropped
  std::unordered_map<dns::Name, std::uint32_t> zone_index_;
  std::vector<std::unique_ptr<Pool>> pools_;  // null: forgotten
  std::vector<Run> runs_;
  std::vector<RunIndex> free_runs_;
  std::size_t open_probes_ = 0;
  std::map<RestartId, OpenRestart> restarts_;
  std::uint64_t last_restart_ = 0;

  TimerQueue<ProbeTimer> probe_timers_;
  TimerQueue<ChoreTimer> chores_;
  std::optional<Instant> wake_wanted_;
  bool save_pending_ = false;
};

/// What the checks of a member say together (health/combine.hpp).
/// @param needed of its checks that must be up; 0: all
Health combined_health(const std::vector<Run>& runs, const Member& member, std::size_t needed);

}  // namespace rollcall::roster
