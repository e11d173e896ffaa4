/// Checks the meaning of a well-formed zone: the checks of named-checkzone, as errors and warnings
/// where BIND 9.18 has them by default.
///
/// Limitations: no check-names (owner names of hosts), no SPF without TXT, no lookups outside the
/// zone.
#pragma once

#include <string>

#include "zone/draft.hpp"
#include "zone/source.hpp"

namespace rollcall::zone {

/// @param draft finished
/// @param file the zone's, for messages about missing records
void check_zone(const Draft& draft, const std::string& file, Findings& findings);

/// RFC 4035 section 2.5 and RFC 2535 section 2.3.5: the types allowed beside a CNAME, itself too.
bool may_stand_beside_cname(dns::Type type) noexcept;

}  // namespace rollcall::zone
