/// The ids of the control plane: a type for each kind of thing.
#pragma once

#include <compare>
#include <cstdint>
#include <variant>

#include "core/strong_id.hpp"

namespace rollcall::pool {}

namespace rollcall::roll {

using namespace pool;  // a roll is described in its words

using ZoneIndex = StrongId<struct ZoneIndexTag>;
using PoolIndex = StrongId<struct PoolIndexTag>;
using MemberIndex = StrongId<struct MemberIndexTag>;  // its place in its pool
using WitnessIndex = StrongId<struct WitnessIndexTag>;

/// A member, until the next reload of its pool.
struct MemberRef {
  PoolIndex pool;
  MemberIndex member;

  auto operator<=>(const MemberRef&) const = default;
};

/// The target of a run.
using Probed = std::variant<MemberRef, WitnessIndex>;

/// The place of a run in its table: one check of one member or witness. The place is reused.
using RunIndex = StrongId<struct RunIndexTag>;
/// A run for all time: its place and generation. A reply to a run that is gone finds nothing.
using RunId = StrongId<struct RunIdTag, std::uint64_t>;
/// The wire of that run.
using WireId = StrongId<struct WireIdTag, std::uint64_t>;
constexpr WireId wire_of(RunId run) noexcept {
  return {run.value};
}
constexpr RunId run_of(WireId wire) noexcept {
  return {wire.value};
}

using RestartId = StrongId<struct RestartIdTag, std::uint64_t>;
/// One request to an agent about a floating address or a forward.
using AskId = StrongId<struct AskIdTag, std::uint64_t>;

}  // namespace rollcall::roll
