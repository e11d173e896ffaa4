/// A host's addresses in a zone, for the control thread.
#pragma once

#include <vector>

#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

/// The A and AAAA records with which `zone` would answer for `name`, dead ones too: those at the
/// name, or those of the wildcard that covers it (RFC 4592 section 3.3.1).
/// @return nothing for glue, for names below a zone cut or a DNAME, and for a CNAME
std::vector<IpAddress> addresses_of(const Zone& zone, const dns::Name& name);

}  // namespace rollcall::zone
