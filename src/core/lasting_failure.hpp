/// A system call that fails again and again: when people are told, and when it is given up. Pure.
#pragma once

#include <optional>

#include "core/instant.hpp"

namespace rollcall {

/// Between two tries: long enough for a CPU, short enough for what passes by itself.
inline constexpr Duration kFailurePause = std::chrono::milliseconds(100);
inline constexpr Duration kFailureToldEvery = std::chrono::minutes(1);
/// A socket that has failed for so long will not recover: a supervisor starts the program anew.
inline constexpr Duration kFailureGivenUp = std::chrono::seconds(10);

/// One thread.
class LastingFailure {
 public:
  struct Advice {
    bool tell = false;
    bool give_up = false;
  };

  /// The call has failed.
  Advice failed(Instant now) {
    if (!since_) since_ = now;
    Advice advice{.tell = !told_ || now - *told_ >= kFailureToldEvery,
                  .give_up = now - *since_ >= kFailureGivenUp};
    if (advice.tell) told_ = now;
    return advice;
  }
  /// The call has worked.
  void worked() { since_.reset(); }

 private:
  std::optional<Instant> since_;
  std::optional<Instant> told_;
};

}  // namespace rollcall
