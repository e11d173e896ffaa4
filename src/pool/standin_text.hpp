/// The sentences about floating addresses and forwards: a part of notice_text.cpp.
#pragma once

#include <string>

#include "pool/notice.hpp"

namespace rollcall::pool {

std::string subject_of(const Notice& notice, const TakeOverFacts& facts);
std::string detail_of(const Notice& notice, const TakeOverFacts& facts);
std::string subject_of(const Notice& notice, const ForwardFacts& facts);

}  // namespace rollcall::pool
