/// The age of a certificate in words.
#pragma once

#include <optional>
#include <string>

#include "core/instant.hpp"

namespace rollcall::health {

/// "2026-11-22": the day, UTC.
std::string format_day(WallTime time);

/// "certificate expired on 2026-11-22", "certificate is not valid before 2026-11-22"
std::string expired_on(WallTime not_after);
std::string not_valid_before(WallTime not_before);

/// The warning about a certificate that expires within `within`; nothing for one with more time
/// left, and where `within` is zero.
std::optional<std::string> expiry_warning(WallTime not_after, WallTime now, Duration within);

}  // namespace rollcall::health
