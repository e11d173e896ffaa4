/// The step under way, as each owner sees it; and what waits for a later step.
#pragma once

#include <optional>
#include <queue>
#include <utility>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/random.hpp"
#include "roll/effect.hpp"
#include "roll/ids.hpp"

namespace rollcall::roll {

/// Entries are never taken out early: a purpose that has lapsed is recognised by its owner.
template <class Purpose>
class TimerQueue {
 public:
  void add(Instant at, Purpose purpose) { heap_.push({at, next_++, purpose}); }

  std::optional<Instant> earliest() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.top().at);
  }

  /// The purpose of the earliest entry that is due, taken out.
  std::optional<Purpose> take_due(Instant now) {
    if (heap_.empty() || heap_.top().at > now) return std::nullopt;
    const Purpose purpose = heap_.top().purpose;
    heap_.pop();
    return purpose;
  }

 private:
  struct Entry {
    Instant at;
    std::uint64_t order;  // of equal times the first added comes first: one seed, one trace
    Purpose purpose;

    bool operator<(const Entry& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  std::priority_queue<Entry> heap_;
  std::uint64_t next_ = 0;
};

// Chores: every wait of the control plane except those for probes.

/// A zone is served, whether or not its members were probed.
struct ServeZone {
  ZoneIndex zone;
};
struct NotifyAgain {
  ZoneIndex zone;
};
/// Flips that came too soon after others get their serial.
struct SendFlips {
  ZoneIndex zone;
};
struct TryRestarts {
  PoolIndex pool;
};
/// Restarts have been stopped for long enough.
struct EndStop {};
struct SaveSoon {};
/// Every kSaveInterval.
struct SaveRegularly {};
struct EndOverrides {
  PoolIndex pool;
};
struct EndNormal {};
/// Members that are kept back may be due.
struct ReleaseMembers {
  PoolIndex pool;
};
struct GrowShares {
  PoolIndex pool;
};
struct AskWitness {
  WitnessIndex witness;
};
struct SendAlerts {};
/// The next look at the holders of a floating address.
struct LookAtHolders {
  IpAddress address;
};
/// A forward that could not be made or ended may be tried again.
struct TryForwards {
  PoolIndex pool;
};

using Chore = std::variant<ServeZone, NotifyAgain, SendFlips, TryRestarts, EndStop, SaveSoon,
                           SaveRegularly, EndOverrides, EndNormal, ReleaseMembers, GrowShares,
                           AskWitness, SendAlerts, LookAtHolders, TryForwards>;
using Chores = TimerQueue<Chore>;

struct Step {
  explicit Step(std::uint64_t seed) : random(seed) {}

  Instant now{};
  Instant started{};                 // the first step
  std::optional<WallTime> calendar;  // where serials go by it
  Random random;
  Chores chores;
  std::vector<Effect> effects;  // in the order in which they are to be carried out

  template <class E>
  void emit(E effect) {
    effects.emplace_back(std::move(effect));
  }
};

}  // namespace rollcall::roll
