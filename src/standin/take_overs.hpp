/// An owner of the roster: which node is asked to take or give back a floating address, and when.
///
/// Owns what is known of each floating address (floating.hpp), the requests under way, and the
/// budget: of an address one request at a time, to its owner or to one taker; it moves to a taker
/// as RestartLedger allows, and failed attempts are repeated after ever longer pauses; over all
/// addresses Breaker stops what does not succeed. Giving back has no budget: two nodes with
/// one address are worse than any number of moves.
///
/// One nameserver orders: several that have the same floating addresses would each see an owner of
/// its own.
///
/// Limitation: a restart of the server forgets the budget, and asks all agents what they hold.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pool/restart_policy.hpp"
#include "pool/status.hpp"
#include "roll/breaker.hpp"
#include "roll/step.hpp"
#include "standin/floating.hpp"

namespace rollcall::standin {

/// From a failed attempt to take an address to the next one; doubled each time.
inline constexpr Duration kTakePause = std::chrono::seconds(30);
inline constexpr Duration kLongestTakePause = std::chrono::minutes(10);

class TakeOvers {
 public:
  explicit TakeOvers(Step& step) : step_(step) {}

  /// Addresses that stay as they are keep what is known of them.
  void configure(const std::vector<TakeOverSpec>& specs);

  /// @param doubtful the fault may be here: nothing is taken (answers are frozen, no witness)
  /// @return false where it is not the answer to a ping of this owner's
  bool take(const ProbeDone& event, bool doubtful);
  /// @return false where it is not the answer to a request of this owner's
  bool take(const NodeReplied& event, bool doubtful);
  /// The chore of the next round.
  void look(const IpAddress& address);

  /// An operator ends the stop of all take-overs.
  /// @return false where there was none
  bool resume(const std::string& actor);
  /// The chore at the end of a stop.
  void end_stop() { breaker_.end_stop(); }

  void show(Status& status, Instant now) const;

  void check_invariants() const;

 private:
  struct Entry {
    explicit Entry(TakeOverSpec spec) : floating(std::move(spec)) {}

    Floating floating;
    RestartLedger ledger;
    Instant next{};                 // round
    Instant retry{};                // no node is asked to take it before
    unsigned tries = 0;             // that have failed, since the last success
    bool may_take = false;          // in this round
    std::optional<RunId> ping;      // under way
    std::optional<AskId> ask;       // the same
    Order order;                    // of `ask`
    std::optional<IpAddress> from;  // gave it back, and the owner has not got it yet
    TakeOverFacts waits;            // why nobody takes it, as it was told
    std::string reason;             // of that
    std::string told_failure;
  };

  void begin_round(Entry& entry);
  void go_on(Entry& entry, bool doubtful);
  bool may_take(const Entry& entry, bool doubtful) const;
  void ask(Entry& entry, Order order);
  void succeeded(Entry& entry);
  void failed(Entry& entry, const std::string& why);
  void tell_waiting(Entry& entry, bool doubtful);
  void tell(const Entry& entry, NoticeKind kind, bool alert, TakeOverFacts facts,
            std::string reason = {});

  Step& step_;
  std::map<IpAddress, Entry> entries_;
  Breaker breaker_{step_, Breaker::Of::take_overs};
  std::uint64_t pings_ = 0;
  std::uint64_t asks_ = 0;
};

/// Requests of take-overs have even ids, those of forwards odd ones.
constexpr bool is_of_forwards(AskId ask) noexcept {
  return ask.value % 2 != 0;
}

}  // namespace rollcall::standin
