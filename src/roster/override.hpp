/// An operator's word on a member, or on everything: it stands above what the probes say.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "roster/status.hpp"

namespace rollcall::roster {

/// What is to hold for longer belongs into the zone file. (And no sum of times overflows.)
inline constexpr Duration kMaxOverrideTime = std::chrono::hours(24 * 365);
inline constexpr std::size_t kMaxOverrideReason = 200;  // octets: one line of a status

/// Immutable: the members that one command named share it.
struct Override {
  OverrideKind kind = OverrideKind::automatic;
  std::optional<Instant> until;  // nothing: until an operator ends it
  std::string reason;            // as the operator gave it; may be empty
};
/// Null: automatic.
using OverridePtr = std::shared_ptr<const Override>;

constexpr bool counts_as_up(OverrideKind kind, Health health) noexcept {
  switch (kind) {
    case OverrideKind::automatic:
      return health != Health::down;
    case OverrideKind::forced_up:
      return true;
    case OverrideKind::drained:
    case OverrideKind::forced_down:
      break;
  }
  return false;
}

/// An operator wants a member drained, forced up or down, or automatic again.
struct OverrideWanted {
  std::variant<IpAddress, dns::Name> member = {};  // an exchange's name: all of its addresses
  std::optional<dns::Name> pool = {};              // nothing: in every pool that has this member
  OverrideKind kind = OverrideKind::automatic;
  std::optional<Duration> lasts = {};  // above zero, up to kMaxOverrideTime; nothing: until ended
  std::string reason = {};             // up to kMaxOverrideReason octets, no control characters
  bool force = false;                  // also where no live member is left

  bool operator==(const OverrideWanted&) const = default;
};

/// An operator wants everything in the zone files served, or the usual policy back.
struct NormalWanted {
  bool on = false;
  std::optional<Duration> lasts = {};  // above zero, up to kMaxOverrideTime; nothing: until ended

  bool operator==(const NormalWanted&) const = default;
};

}  // namespace rollcall::roster
