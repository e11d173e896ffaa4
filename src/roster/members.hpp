/// The roster's own records of pools, members and the checks that run on them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "health/degradation.hpp"
#include "health/verdict.hpp"
#include "roster/event.hpp"
#include "roster/flapping.hpp"
#include "roster/override.hpp"
#include "roster/pool_spec.hpp"
#include "roster/restart_policy.hpp"
#include "roster/status.hpp"
#include "roster/timer_queue.hpp"
#include "zone/shares.hpp"

namespace rollcall::roster {

using RunIndex = std::uint32_t;

inline constexpr Instant kForEver = Instant::max();
inline constexpr std::uint32_t kNoPool = UINT32_MAX;  // the pool of a witness' run

/// The idle connection of a check with `tripwire`, and what its ends have said.
struct Tripwire {
  bool held = false;
  bool repeats = false;          // the first probe since the end was doubtful: more follow at once
  std::uint8_t short_lives = 0;  // ends in a row soon after it was opened
  Instant since{};               // held
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

/// One check of one member. Runs live in a flat table; a free one is reused under a new generation,
/// so that the answer to a forgotten probe finds nobody.
struct Run {
  std::uint32_t pool = 0;    // or kNoPool
  std::uint32_t member = 0;  // or the witness
  std::uint32_t generation = 0;
  std::uint32_t timer = 0;  // counts schedulings: only the newest entry in the queue counts
  health::Verdict verdict{1, 1};
  bool open = false;  // a probe is under way
  Instant started{};
  std::uint64_t probes = 0;
  std::shared_ptr<const health::CheckSpec> check;
  std::string reason;  // of the last probe, if it was bad or degraded
  health::Degradation degradation;
  bool withdrawn = false;  // the member itself asks to be left out: nothing is to be restarted
  std::optional<std::uint8_t> percent;  // of its weight that the member asks for
  Tripwire wire;
};

struct Member {
  IpAddress address;
  std::string exchange;    // of a pool of MX records: whose address it is; else empty
  bool elsewhere = false;  // an exchange without an address here: never probed, always up
  std::string service;     // that its agent restarts; empty: none
  Endpoint probed;         // where its probes go; port 0: each check's own
  Tier tier = Tier::primary;
  Health health = Health::unknown;
  Health judged = Health::unknown;  // what policy goes by: `health`, but while answers are frozen
  bool degraded = false;            // up, and somebody should look
  std::uint8_t weight = 1;          // its share of the answers
  std::uint8_t percent = 100;       // of it that its checks ask for; held while frozen
  bool served = true;               // it counted as up when shares were last looked at
  bool wants_restart = false;
  Instant since{};  // of `health`
  std::vector<RunIndex> runs;
  RestartLedger restarts;
  OverridePtr override_set;  // null: automatic
  FlapPenalty flaps;
  std::optional<Instant> damped_until;  // it fell too often
  std::optional<Instant> waits_until;   // its pool's failback; kForEver: for an operator
  std::optional<Instant> ramps_from;    // its share grows from then on

  std::optional<IpAddress> address_here() const {
    return elsewhere ? std::nullopt : std::optional(address);
  }
  OverrideKind override_kind() const noexcept {
    return override_set ? override_set->kind : OverrideKind::automatic;
  }
  /// It turned down, and policy goes by what it was.
  bool is_judged_as_before() const noexcept {
    return health == Health::down && judged != Health::down;
  }
  bool is_up() const noexcept { return roster::counts_as_up(override_kind(), judged); }
  /// Up, and left out for its past all the same.
  bool is_kept_back() const noexcept {
    return !override_set && judged != Health::down && (damped_until || waits_until);
  }
  bool counts_as_up() const noexcept { return is_up() && !is_kept_back(); }
};

/// "192.0.2.1", "mx1.example.com (192.0.2.1)".
std::string to_display(const Member& member);

/// A pool in a zone that was built.
struct Pool {
  PoolSpec spec;
  std::vector<std::shared_ptr<const health::CheckSpec>> checks;  // of `spec`, shared by the runs
  std::uint32_t zone = 0;
  std::vector<Member> members;
  std::vector<std::uint32_t> watches;   // of its zone, whose masks depend on it
  std::optional<RestartId> restart;     // under way: one at a time in a pool
  std::optional<Instant> ramp_step;     // when growing shares are looked at next
  std::optional<Instant> restart_wait;  // when the next one is looked at
  bool all_down = false;                // each of its RRsets is (policy.hpp)
  bool on_backup = false;               // an RRset that has primary members serves its backup tier
};

/// A record of a watched RRset and a member of its pool that stands behind it. An address has one
/// member; an exchange has one for each of its addresses, or one that is elsewhere, and serves
/// while one of them does. No record is without.
struct Seat {
  std::uint32_t record = 0;
  std::uint32_t member = 0;
};

/// An RRset whose mask the roster computes: bit i belongs to record i.
struct Watch {
  std::optional<std::uint32_t> pool;                  // that these records are
  std::vector<Seat> seats;                            // of that pool's members
  std::vector<std::optional<std::uint32_t>> targets;  // by record: the pool that it follows
  std::uint64_t mask = 0;                             // as last stored
  zone::Shares shares;                                // as last stored
};

}  // namespace rollcall::roster
