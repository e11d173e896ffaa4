/// A zone's content as a zone file's text: as it is served, or with changes that came over the
/// wire. Takes time by the size of the zone.
///
/// Limitation: the letters of owner names are in lower case, as a zone keeps them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/result.hpp"
#include "transfer/incoming.hpp"
#include "zone/zone.hpp"

namespace rollcall::transfer {

/// All records, whatever is live, with the serial of the zone's own SOA.
std::string zone_text(const zone::Zone& zone);

/// The same after the changes, each of which must fit: it removes what is there, adds what is
/// not, and makes no RRset larger than a message can hold.
/// @return an error where one does not: then the zone is not what the primary takes it for
/// @param limit octets of the text
Result<std::string> changed_text(const zone::Zone& zone, std::span<const ChangeStep> changes,
                                 std::uint64_t limit = kMaxZoneText);

}  // namespace rollcall::transfer
