/// The isolation guard: while the nameserver's own network may be at fault, no member is dropped
/// for what its probes say. Pure functions and values.
#pragma once

#include <cstdint>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "health/check.hpp"

namespace rollcall::pool {

/// A host that is no member, such as a gateway: its silence points to the nameserver's own network.
struct WitnessSpec {
  IpAddress address;
  health::CheckSpec check;

  bool operator==(const WitnessSpec&) const = default;
};

struct GuardSpec {
  std::vector<WitnessSpec> witnesses;
  unsigned max_drop = 50;      // percent of all members within one interval; 100: no limit
  unsigned max_drop_from = 8;  // members: of fewer, half may well fail together

  bool operator==(const GuardSpec&) const = default;
};

/// What the guard has seen.
struct Signs {
  std::size_t members = 0;    // of all pools, whose probes decide what is answered
  std::size_t fallen = 0;     // of these members: from up to down within one interval
  bool fell = false;          // a member turned down lately, perhaps at its first probe
  std::size_t witnesses = 0;  // with a vote: they have answered at least once
  std::size_t silent = 0;     // of these witnesses: their last probe was bad
};

enum class Isolation : std::uint8_t { none, witnesses_silent, mass_drop };

/// Why the nameserver's own network may be at fault.
constexpr Isolation isolation(const Signs& seen, const GuardSpec& guard) noexcept {
  if (seen.fell && seen.witnesses != 0 && seen.silent == seen.witnesses) {
    return Isolation::witnesses_silent;
  }
  const bool counts = seen.members >= guard.max_drop_from;
  return counts && seen.fallen * 100 > seen.members * guard.max_drop ? Isolation::mass_drop
                                                                     : Isolation::none;
}

}  // namespace rollcall::pool
