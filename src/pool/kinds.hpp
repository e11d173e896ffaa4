/// The kinds of the domain, and their words.
#pragma once

#include <cstdint>

#include "health/verdict.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::pool {

/// What probes say of a member: unknown, up, down.
using health::State;

/// What an operator said of a member. drained: left out of the answers, also while its pool fails
/// open, as long as another member is there. forced_up, forced_down: the probes do not count.
enum class OverrideKind : std::uint8_t { automatic, drained, forced_up, forced_down };

/// "auto", "drained", "forced-up", "forced-down".
const char* to_string(OverrideKind kind);

/// What is answered when no member of an RRset is up: all, none, or the members of Tier::fallback
/// (where it has none, all).
enum class WhenAllDown : std::uint8_t { fail_open, fail_closed, fallback };

/// "fail_open", "fail_closed", "fallback".
const char* to_string(WhenAllDown rule);

/// Members of a lower tier serve only while no higher tier does; fallbacks serve only instead of a
/// pool that is all down.
enum class Tier : std::uint8_t { primary, backup, fallback };

/// "primary", "backup", "fallback".
const char* to_string(Tier tier);

/// Which records of its name are the pool.
enum class PoolRecords : std::uint8_t { addresses, mx };

/// served: answers. not_ready: its first round of probes runs. refused: its file has errors and
/// there is no older version; it is answered with SERVFAIL.
enum class ZoneState : std::uint8_t { served, not_ready, refused, expired };

/// The lowest serial that may be published.
using zone::SerialPolicy;

}  // namespace rollcall::pool
