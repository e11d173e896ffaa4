/// The last owner of the pipeline: what people are told, and when.
///
/// Owns alerts that wait. The log has everything at once; but while the guard could still take a
/// fall back, alerts of it wait for a moment: of a mass drop one alert shall be sent.
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
  /// Sends those whose falls have been the last for a while, or count no longer.
  void send_due(const AlertWait& wait);
  /// Answers are frozen: there is an alert of that. Those of falls that were not taken back go out.
  /// @param holds what was told of a member or its pool is so still
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
