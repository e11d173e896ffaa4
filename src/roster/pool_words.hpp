/// What people are told of a pool as a whole, in words.
#pragma once

#include <string>

#include "roster/members.hpp"

namespace rollcall::roster {

/// Why a pool is all down: "no usable member: all 2 are drained", "no usable member: 1 drained,
/// 2 down", "too few usable members: 1 of 3 is up, 60 % are needed". Members of the fallback tier
/// are not counted.
std::string why_all_down(const Pool& pool);

/// How the primary tier of a pool stands: "no primary member is usable", "1 of 3 primary members is
/// usable".
std::string primaries_left(const Pool& pool);

/// What is returned then: "returning all (fail_open)", "returning all but the drained (fail_open)",
/// "returning the fallback", "returning none (fail_closed)".
std::string answer_when_all_down(const Pool& pool);

}  // namespace rollcall::roster
