/// One word for all the records of a zone, to tell whether a restart changes anything.
#pragma once

#include <string>

#include "zone/zone.hpp"

namespace rollcall::state {

/// 32 hex digits: SHA-256, cut. Any thread; it reads the whole zone.
std::string content_digest(const zone::Zone& zone);

}  // namespace rollcall::state
