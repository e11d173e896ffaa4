/// An operator's word on a member, or on everything: it overrides the probes.
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
#include "pool/kinds.hpp"

namespace rollcall::pool {

/// A change that is to last longer belongs in the zone file. (Nor can a sum of times overflow.)
inline constexpr Duration kMaxOverrideTime = std::chrono::hours(24 * 365);
inline constexpr std::size_t kMaxOverrideReason = 200;  // octets: one line of a status
inline constexpr std::size_t kMaxNamedMembers = 64;     // in one command; a pattern can name more

/// Immutable: the members that one command named share it.
struct Override {
  OverrideKind kind = OverrideKind::automatic;
  std::optional<Instant> until;  // nothing: until an operator ends it
  std::string reason;            // as the operator gave it; may be empty
};
/// Null: automatic.
using OverridePtr = std::shared_ptr<const Override>;

/// Whether a member is up: by an operator's word, else by its judged health.
constexpr bool is_up(OverrideKind kind, State judged) noexcept {
  switch (kind) {
    case OverrideKind::automatic:
      return judged != State::down;
    case OverrideKind::forced_up:
      return true;
    case OverrideKind::drained:
    case OverrideKind::forced_down:
      break;
  }
  return false;
}

/// What an operator names members by: an address; the name of an exchange, or of a pool, which
/// stands for all of its members; or a pattern (core/wildcard.hpp) of such names and addresses.
struct MemberPattern {
  std::string text;

  bool operator==(const MemberPattern&) const = default;
};
using MemberName = std::variant<IpAddress, dns::Name, MemberPattern>;

std::string to_display(const MemberName& name);

/// An operator wants members drained, forced up or down, or automatic again: all of them or none.
struct OverrideWanted {
  std::vector<MemberName> members = {};  // up to kMaxNamedMembers; none: all members of `pool`
  std::optional<dns::Name> pool = {};    // nothing: in every pool that has such a member
  OverrideKind kind = OverrideKind::automatic;
  std::optional<Duration> lasts = {};  // above zero, up to kMaxOverrideTime; nothing: until ended
  std::string reason = {};             // up to kMaxOverrideReason octets, no control characters
  bool force = false;                  // apply even if no live member remains
  std::string actor = {};              // the operator, as people are told: "alice (uid 1000)"

  bool operator==(const OverrideWanted&) const = default;
};

/// An operator wants everything in the zone files served, or the usual policy back.
struct NormalWanted {
  bool on = false;
  std::optional<Duration> lasts = {};  // above zero, up to kMaxOverrideTime; nothing: until ended
  std::string actor = {};

  bool operator==(const NormalWanted&) const = default;
};

/// An operator wants answers to follow the probes again, although our own network may be at fault;
/// or services to be restarted again, although the last restarts have not helped.
struct ThawWanted {
  bool restarts = false;
  std::string actor = {};

  bool operator==(const ThawWanted&) const = default;
};

}  // namespace rollcall::pool
