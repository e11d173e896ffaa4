/// English of the notices about secondaries: a part of notice_text.cpp.
#pragma once

#include <string>

#include "pool/notice.hpp"

namespace rollcall::pool {

std::string subject_of(const Notice& notice, const SecondaryFacts& facts);
std::string detail_of(const Notice& notice, const SecondaryFacts& facts);

}  // namespace rollcall::pool
