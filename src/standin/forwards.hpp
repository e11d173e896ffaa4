/// An owner of the roster: which agents lead the port of a service that is down to another member
/// of its pool, and until when.
///
/// Owns what each agent was asked for last, by pool and member. Of a member one request at a time;
/// a forward begins as RestartLedger allows, and ends without a budget. A failed request is
/// repeated after ever longer pauses; it spends no budget, for it has moved nothing.
///
/// Limitation: a restart of the server forgets the forwards: the agent of each member that is up is
/// asked once to end what there may be. Where a pool goes, its forwards are ended by one request.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "pool/restart_policy.hpp"
#include "pool/status.hpp"
#include "roll/breaker.hpp"
#include "roll/member_view.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"
#include "standin/take_overs.hpp"

namespace rollcall::standin {

/// An agent that was restarted has forgotten its forwards: it is asked for them anew so often.
inline constexpr Duration kForwardRenewal = std::chrono::seconds(30);

class Forwards {
 public:
  Forwards(Step& step, const Roll& roll) : step_(step), roll_(roll) {}

  /// The members of a pool may have other health, overrides or settings than before.
  /// @param doubtful the fault may be here: everything stays as it is
  void judge(PoolIndex pool, const MemberViews& views, bool doubtful);
  /// @return the pool to judge again
  std::optional<PoolIndex> take(const NodeReplied& event);
  /// The pool goes: what its agents forward is ended.
  void forget(PoolIndex pool);

  /// An operator ends the stop of all forwards.
  /// @return false where there was none
  bool resume(const std::string& actor);
  /// The chore at the end of a stop.
  void end_stop();

  void show(Status& status, Instant now) const;

 private:
  struct Row {
    bool known = false;              // what the agent does now; else another run may have asked it
    std::optional<IpAddress> to;     // the member that the port leads to
    std::string service;             // of `to`
    std::optional<AskId> ask;        // under way
    std::optional<IpAddress> asked;  // for this; nothing: to end it
    Instant asked_at{};
    Instant since{};      // it leads to `to`
    std::string problem;  // of the last request; empty: none
    RestartLedger ledger;
    Instant retry{};
    Instant renewal{};
    unsigned tries = 0;   // that have failed, one after the other
    bool leaves = false;  // its pool has gone
  };
  using Key = std::pair<dns::Name, IpAddress>;  // pool, member
  struct KeyLess {
    bool operator()(const Key& a, const Key& b) const {
      if (a.second != b.second) return a.second < b.second;
      return dns::CanonicalLess()(a.first, b.first);
    }
  };

  static std::optional<IpAddress> target_of(const Pool& pool, PoolIndex index,
                                            const MemberViews& views, const IpAddress& member);
  void want(PoolIndex pool, const IpAddress& member, const ForwardSpec& spec,
            std::optional<IpAddress> to);
  void end_others(PoolIndex pool);
  void try_held_up();
  void failed(Row& row, const Key& key, const NodeReplied& event, bool was_known);
  void ask(Row& row, const Key& key, const std::string& service, std::optional<IpAddress> to);
  void tell(const Key& key, NoticeKind kind, bool alert, ForwardFacts facts,
            std::string reason = {});

  Step& step_;
  const Roll& roll_;
  std::map<Key, Row, KeyLess> rows_;
  Breaker breaker_{step_, Breaker::Of::forwards};
  std::set<PoolIndex> held_up_;  // pools that the breaker lets begin no forward
  std::uint64_t asks_ = 1;
};

}  // namespace rollcall::standin
