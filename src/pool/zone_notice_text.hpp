/// English for notices about zones. For notice_text.cpp.
#pragma once

#include <string>

#include "pool/notice.hpp"

namespace rollcall::pool {

std::string zone_subject(const Notice& notice, const ZoneFacts& facts);

}  // namespace rollcall::pool
