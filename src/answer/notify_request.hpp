/// NOTIFY from the primaries of a zone that is transferred (RFC 1996 section 3.10).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "answer/request.hpp"
#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

struct NotifyReceived {
  dns::Name origin;
  IpAddress from;                            // one of the zone's primaries
  std::optional<std::uint32_t> serial = {};  // as the NOTIFY has it: a hint, nothing more
};

/// Called on a worker's thread; it must not wait, and must not throw.
/// @return false where too many wait: the primary is to try again
using TakeNotify = std::function<bool(const NotifyReceived&)>;

struct NotifySource {
  Bytes address;  // 4 or 16 octets
  WallTime now;
};

/// NOERROR to a primary of the zone, REFUSED to others, NOTAUTH for a bad signature, NOTIMP where
/// the zone has no primaries.
/// @param request of which read_query() says that it is a NOTIFY
/// @param take may be empty
Answered answer_notify(const zone::Catalog& catalog, const Request& request,
                       const NotifySource& sender, const TakeNotify& take, MutableBytes out);

}  // namespace rollcall::answer
