/// The sentences about restarts: a part of notice_text.cpp, and the notes of a status.
#pragma once

#include <string>
#include <string_view>

#include "pool/notice.hpp"
#include "pool/restart_outlook.hpp"

namespace rollcall::pool {

/// How an operator ends a stop of restarts, take-overs or forwards.
inline constexpr std::string_view kHowStopEnds =
    "\"rollcallctl thaw --restarts\" ends the stop before";
/// "the time of the stop is up", "ann has ended the stop".
std::string why_stop_ended(const std::string& actor);

std::string subject_of(const Notice& notice, const RestartFacts& facts);
std::string detail_of(const Notice& notice, const RestartFacts& facts);

/// "under way", "not asked: drained", "asked again in 5m: at most once in 5m"; empty where there is
/// nothing to say. Follows "restart of SERVICE".
std::string note_of(const RestartOutlook& outlook);

}  // namespace rollcall::pool
