/// The sentences about floating addresses and forwards: a part of notice_text.cpp.
#pragma once

#include <string>

#include "pool/notice.hpp"

namespace rollcall::pool {

std::string subject_of(const Notice& notice, const TakeOverFacts& facts);
std::string detail_of(const Notice& notice, const TakeOverFacts& facts);
std::string subject_of(const Notice& notice, const ForwardFacts& facts);
std::string detail_of(const Notice& notice, const ForwardFacts& facts);

/// Why no node takes a floating address from its silent owner; empty for Wait::none.
/// @param reason of `nobody`: why no agent can be asked
std::string why_waiting(const TakeOverFacts& facts, const std::string& reason);

}  // namespace rollcall::pool
