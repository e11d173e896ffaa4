/// A digest of a zone's records, to find out whether a restart changes anything.
#pragma once

#include <string>

#include "zone/zone.hpp"

namespace rollcall::state {

/// 32 hex digits: SHA-256, truncated. Any thread; it reads the whole zone.
std::string content_digest(const zone::Zone& zone);

}  // namespace rollcall::state
