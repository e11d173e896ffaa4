/// When the next probe of a check starts.
#pragma once

#include <algorithm>
#include <chrono>

#include "core/instant.hpp"
#include "core/random.hpp"
#include "health/check.hpp"

namespace rollcall::health {

/// The first probes of a server that starts come quickly, because its zones wait for them.
inline constexpr Duration kFirstRoundSpread = std::chrono::seconds(1);

/// Delay of the first probe of one of many fresh members.
inline Duration first_delay(const CheckSpec& check, Random& random) {
  const Duration spread = std::min(check.interval, kFirstRoundSpread);
  return Duration(static_cast<Duration::rep>(static_cast<double>(spread.count()) * random.unit()));
}

/// Delay from the start of the probe after the first one: anywhere in one interval, so that the
/// members' phases are spread over it ever after.
inline Duration second_delay(const CheckSpec& check, Random& random) {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(check.interval.count()) * random.unit()));
}

/// Delay from the start of one probe to the start of the next: interval or fast_interval, give or
/// take `jitter`, so that probes of many members do not march in step.
inline Duration next_delay(const CheckSpec& check, bool in_doubt, Random& random) {
  const Duration base = in_doubt ? check.fast_interval : check.interval;
  const double factor = 1.0 + check.jitter * (2.0 * random.unit() - 1.0);
  return Duration(static_cast<Duration::rep>(static_cast<double>(base.count()) * factor));
}

}  // namespace rollcall::health
