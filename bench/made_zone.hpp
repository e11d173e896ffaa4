/// A zone of a million records, made the same way every time.
#pragma once

#include <string>

namespace rollcall::bench {

/// Text of a zone of 500,000 names with two records each and none in order; without $ORIGIN.
std::string made_zone();

}  // namespace rollcall::bench
