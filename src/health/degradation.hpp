/// When a member that is up counts as degraded.
#pragma once

#include <cstdint>

#include "health/check.hpp"

namespace rollcall::health {

/// One degraded probe begins it, `rise` clean good ones in a row end it: a plugin that wavers
/// between the two is reported once. Bad probes have no effect here; the verdict counts them.
class Degradation {
 public:
  constexpr bool on() const noexcept { return on_; }

  void apply(const Outcome& outcome, std::uint16_t rise) noexcept {
    if (!outcome.good) return;
    clean_ = outcome.degraded ? std::uint16_t{0} : static_cast<std::uint16_t>(clean_ + 1);
    if (outcome.degraded) on_ = true;
    if (clean_ >= rise) {
      on_ = false;
      clean_ = 0;
    }
  }

 private:
  bool on_ = false;
  std::uint16_t clean_ = 0;  // good probes without degradation since the last degraded one
};

}  // namespace rollcall::health
