/// The part of a status that was asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "dns/name.hpp"
#include "pool/status.hpp"

namespace rollcall::api {

/// Nothing chosen: all of it. Where a pool or a state is chosen, pools without such a member and
/// the tables of zones and witnesses are left out. A part has no floating addresses, and the
/// forwards of its pools.
struct StatusRequest {
  std::optional<dns::Name> zone = {};
  std::string pool = {};   // its name or a pattern (core/wildcard.hpp); empty: every pool
  std::string state = {};  // one of is_state_word(); empty: every member

  bool operator==(const StatusRequest&) const = default;
};

/// "up", "down", "unknown", "degraded", "live", "out", "drained", "forced-up", "forced-down",
/// "held", "kept-back".
bool is_state_word(std::string_view word) noexcept;
/// `invalid state "dwon"; did you mean "down"?`
Error not_a_state(std::string_view word);

pool::Status filtered(pool::Status status, const StatusRequest& wanted);

}  // namespace rollcall::api
