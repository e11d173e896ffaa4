/// The idle connections that the roster holds, seen from outside: what it asks for, what it is told
/// of their ends, and whether that keeps to the rules of docs/health.md.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "roll/effect.hpp"

namespace rollcall::sim {

/// Between two probes of a member, whatever its check.
inline constexpr Duration kLongestRound = std::chrono::seconds(30);

class Wires {
 public:
  /// What is wrong; null: nothing.
  using Fault = const char*;
  using WireId = roll::WireId;

  /// A server starts, and holds nothing.
  void begin(std::size_t limit);
  std::size_t limit() const noexcept { return limit_; }
  /// The members are probed for other reasons too: an agent has replied, answers have thawed.
  void disturb(Instant now);
  /// Our own host had no descriptor for a probe: wires are let go, and none is held for a while.
  void run_short(Instant now);
  /// The checks of members may be others from now on.
  void reload(Instant now);

  Fault probe_starts(const roll::StartProbe& effect, Instant now, Instant answer_at);
  void probe_ends(WireId run, bool good, Instant now);
  /// After the step in which it has ended.
  Fault fault_after(WireId run, Instant now) const;
  Fault hold(const roll::HoldWire& effect, Instant now);
  Fault drop(WireId run);
  /// @return false where it does not stand any more: nothing is told
  bool end(WireId run, std::uint64_t number, Instant now);
  /// Of what is held now.
  Fault fault(Instant now) const;

  void connected(WireId run) { runs_[run].connected = true; }
  bool is_held(WireId run) const;

  struct Wire {
    WireId run;
    std::uint64_t number = 0;  // of all that were ever held
  };
  Wire wire_of(WireId run) const { return {run, runs_.at(run).number}; }
  std::vector<Wire> all() const;
  std::vector<Wire> to(const IpAddress& member) const;
  /// True where each check of the member has a wire that stands, and falls fast.
  bool guards(const IpAddress& member, Instant now) const;
  /// When the last of the member's probes that are under way ends.
  Instant answers_by(const IpAddress& member) const;

 private:
  /// Ends in a row soon after the beginning, and what follows.
  struct Backoff {
    unsigned ends = 0;
    Instant until{};

    void end(Duration life, Instant now);
  };
  struct Run {
    std::shared_ptr<const health::CheckSpec> check;  // of its last probe
    bool reloaded = false;                           // since then: it may be another one now
    IpAddress member;
    bool open = false;
    bool good = false;
    Instant started{};    // its last probe
    Instant answer_at{};  // of it
    bool held = false;
    bool connected = false;
    std::uint64_t number = 0;
    Instant held_since{};
    Instant ended{};  // the last wire
    Backoff least;    // as though each bad probe had ended it
    Backoff most;     // as though none had
    Instant calm_since{};
    unsigned calm_probes = 0;
    unsigned calm_ends = 0;

    void disturb(Instant now);
    /// With its pool, in a reload: it would have been probed since.
    bool is_gone(Instant now) const;
  };

  std::map<WireId, Run> runs_;
  std::size_t held_ = 0;
  std::size_t limit_ = 0;
  Instant short_until_{};
  std::uint64_t last_number_ = 0;
};

}  // namespace rollcall::sim
