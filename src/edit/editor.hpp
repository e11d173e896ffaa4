/// Applies an edit to a zone: a new version that shares all with the old one but what changed.
///
/// An edit costs what it touches: the nodes whose records change, the names above that come or go
/// with them, and, where a cut or a DNAME comes or goes, the nodes below it.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "edit/pool_names.hpp"
#include "edit/zone_edit.hpp"
#include "zone/zone.hpp"

namespace rollcall::edit {

/// Nodes below a cut or a DNAME that an edit may touch; with more, the zone is built anew.
inline constexpr std::size_t kMaxTouchedBelow = 4096;

struct Edited {
  std::shared_ptr<const zone::Zone> zone;  // the old one where nothing changed
  ZoneEdit made;  // what it changed: no record that was there already or was not there at all
};

enum class EditRefusal : std::uint8_t {
  invalid,  // the zone would break a rule of the DNS
  rebuild,  // the edit is good, but the zone has to be built anew: a pool's records change, or too
            // much below a cut
};

struct EditError {
  EditRefusal kind{};
  std::string message;  // what is wrong, for people; empty for rebuild
};

/// @param edit its records are at or below the zone's origin
Result<Edited, EditError> apply_edit(const std::shared_ptr<const zone::Zone>& zone,
                                     const ZoneEdit& edit, const PoolNames& pools);

}  // namespace rollcall::edit
