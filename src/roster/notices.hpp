/// The last owner of the pipeline: what people are told, and when.
///
/// Owns alerts that wait. Everything is logged at once; but while the guard can still take a fall
/// back, its alert waits, so that a mass drop causes one alert.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "roll/step.hpp"
#include "roster/guard.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

class Notices {
 public:
  explicit Notices(Step& step) : step_(step) {}

  /// Tells of a member, or of its pool.
  void tell(Notice told, MemberRef member, const AlertWait& wait);
  /// Sends the alerts whose wait is over.
  void send_due(const AlertWait& wait);
  /// Answers are frozen, which has its own alert: of the waiting alerts, sends those that still
  /// hold and forgets the others.
  /// @param holds whether what was told of a member or its pool is still so
  void settle(const std::function<bool(NoticeKind, MemberRef)>& holds);
  void send_all();
  std::size_t waiting() const noexcept { return waiting_.size(); }

  void rebind(PoolIndex pool, const FormerPlaces& former);
  void forget(PoolIndex pool);

 private:
  struct WaitingAlert {
    Instant at;
    std::optional<MemberRef> member;  // nothing: it has left
    Notice told;
  };

  Step& step_;
  std::deque<WaitingAlert> waiting_;
};

}  // namespace rollcall::roster
