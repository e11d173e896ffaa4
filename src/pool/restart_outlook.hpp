/// What becomes of the restart of a member that is down, as data. restart_text.cpp makes English of
/// it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "pool/kinds.hpp"

namespace rollcall::pool {

struct RestartOutlook {
  enum class Course : std::uint8_t {
    none,         // up, without a service, or the next bad probe decides
    under_way,    // its agent was asked
    other_first,  // `member` of the same pool is being restarted
    overridden,   // by an operator
    frozen,       // answers are
    unwitnessed,  // no witness has answered yet
    observes,     // its pool only observes
    in_doubt,     // too few bad probes yet
    asked_out,    // the member itself asks to be left out
    needs,        // a pool that its own needs is down
    given_up,     // the last restarts have not helped
    all_stopped,  // by the breaker, for `left`
    delayed,      // the delay after its fall lasts `left`
    paused,       // at most once in `pause`, asked again in `left`
    spent,        // as often as an hour allows, asked again in `left`
    no_key,       // its agent has no key here
  };

  Course course = Course::none;
  std::optional<IpAddress> member = {};
  OverrideKind override_kind = OverrideKind::automatic;
  dns::Name needed = {};  // the root: none
  std::optional<Duration> left = {};
  std::optional<Duration> pause = {};

  bool operator==(const RestartOutlook&) const = default;
};

/// "none", "under_way", ...
const char* to_string(RestartOutlook::Course course);

}  // namespace rollcall::pool
