/// When the next probe of a check starts.
#pragma once

#include <algorithm>
#include <chrono>

#include "core/instant.hpp"
#include "core/random.hpp"
#include "health/check.hpp"

namespace rollcall::health {

/// The first probes after a start come quickly, because zones wait for them.
inline constexpr Duration kFirstRoundSpread = std::chrono::seconds(1);

/// The delay of the first probe of one of many new members.
inline Duration first_delay(const CheckSpec& check, Random& random) {
  const Duration spread = std::min(check.interval, kFirstRoundSpread);
  return Duration(static_cast<Duration::rep>(static_cast<double>(spread.count()) * random.unit()));
}

/// The delay from the start of the first probe to the start of the second: anywhere in one
/// interval, so that the probes of all members stay spread over it.
inline Duration second_delay(const CheckSpec& check, Random& random) {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(check.interval.count()) * random.unit()));
}

/// The delay from the start of one probe to the start of the next: interval or fast_interval, plus
/// or minus `jitter`, so that probes of many members do not run in step.
inline Duration next_delay(const CheckSpec& check, bool in_doubt, Random& random) {
  const Duration base = in_doubt ? check.fast_interval : check.interval;
  const double factor = 1.0 + check.jitter * (2.0 * random.unit() - 1.0);
  return Duration(static_cast<Duration::rep>(static_cast<double>(base.count()) * factor));
}

}  // namespace rollcall::health
