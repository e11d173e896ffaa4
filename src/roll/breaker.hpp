/// Stops one kind of request to agents over the whole server when it does not help: three requests
/// within 10 minutes without success stop it for an hour, or until an operator ends the stop.
///
/// Owns the stop and its notices; Restarts, TakeOvers and Forwards have one breaker each, and
/// decide what a success is.
#pragma once

#include <optional>
#include <string>

#include "pool/restart_policy.hpp"
#include "roll/step.hpp"

namespace rollcall::roll {

class Breaker {
 public:
  enum class Of : std::uint8_t { restarts, take_overs, forwards };

  Breaker(Step& step, Of of) : step_(step), of_(of) {}

  void asked() { policy_.asked(step_.now); }
  void helped() { policy_.helped(); }
  /// The request of that time has not reached its agent: it says nothing of the next ones.
  void withdraw(Instant at) { policy_.withdraw(at); }

  /// Stops everything, with an alert, where the last requests were without success.
  void stop_if_due();
  /// An operator ends the stop.
  /// @return false where there was none
  bool resume(const std::string& actor);
  /// The chore at the end of a stop.
  /// @return false where it has ended before, or not yet
  bool end_stop();

  /// @return when the next request may begin
  Instant allowed_from() const noexcept { return policy_.allowed_from(step_.now); }
  bool is_stopped() const noexcept { return policy_.is_stopped(step_.now); }
  /// How long the stop still lasts.
  std::optional<Duration> left(Instant now) const noexcept {
    return policy_.is_stopped(now) ? std::optional(*policy_.until() - now) : std::nullopt;
  }

 private:
  void tell(bool stopped, const std::string& actor);

  Step& step_;
  Of of_;
  RestartBreaker policy_;
};

}  // namespace rollcall::roll
