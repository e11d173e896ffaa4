/// What makes one version of a zone another one, as secondaries see them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "edit/zone_edit.hpp"
#include "zone/zone.hpp"

namespace rollcall::edit {

/// A version with the masks under which it was published, by WatchId.
struct LiveZone {
  const zone::Zone& zone;
  std::span<const std::uint64_t> masks;
};

/// The record that a transfer has at a name in lower case where no record is live; nothing where
/// the name needs none (placeholder.hpp).
std::optional<EditRecord> placeholder_at(const LiveZone& live, const dns::Name& name);

/// The live records that go and come, without the SOA. Takes time by the sizes of both versions.
ZoneEdit difference(const LiveZone& before, const LiveZone& after);

}  // namespace rollcall::edit
