/// The contents of the files of state_dir, as text and as values (the seal around it:
/// sealed_text.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "pool/saved_state.hpp"

namespace rollcall::state {

inline constexpr std::string_view kNone = "-";  // in place of a missing word

/// "saved UNIX-MILLISECONDS", then a line "up|down|kept POOL ADDRESS CHECK" each; a further "saved"
/// line begins lines of another age; "witness ADDRESS CHECK" for each that has answered, however
/// old.
/// @return no members where it is older than kSavedHealthLifetime or from the future; an error with
/// the first line that format_health has not written
Result<pool::SavedHealth> parse_health(std::string_view text, WallTime now);
std::string format_health(const pool::SavedHealth& health, WallTime now);

/// What was read, and the lines that could not be; the others still count.
template <class T>
struct Salvaged {
  T value;
  std::vector<std::string> unread;
};

/// "ZONE CEILING" or "ZONE CEILING CONTENT". The last line of a zone counts.
Salvaged<pool::SavedSerials> parse_serials(std::string_view text);
std::string format_serials(const pool::SavedSerials& serials);

/// Overrides that have expired by `now` are left out.
Salvaged<pool::SavedOverrides> parse_overrides(std::string_view text, WallTime now);
std::string format_overrides(const pool::SavedOverrides& overrides, WallTime now);

/// "asked POOL ADDRESS EXCHANGE|- TIME".
Salvaged<std::vector<pool::SavedRestart>> parse_restarts(std::string_view text, WallTime now);
std::string format_restarts(const std::vector<pool::SavedRestart>& restarts, WallTime now);

/// "ZONE CONFIRMED EXPIRES", both as UNIX-MILLISECONDS.
Salvaged<pool::SavedTransfers> parse_transfers(std::string_view text);
std::string format_transfers(const pool::SavedTransfers& transfers);

/// Takes the first word, and the blank behind it, from the front of `line`.
std::string_view take_word(std::string_view& line);

/// Takes the first line, and its end, from the front of `text`.
/// @param whole set to whether the line has an end
std::string_view take_line(std::string_view& text, bool& whole);

/// The beginning of `line`, for messages.
std::string shown(std::string_view line);

/// In milliseconds, the year 2255: up to it the difference of two times does not overflow.
inline constexpr std::int64_t kLatestTime = 9'000'000'000'000;

/// UNIX-MILLISECONDS from 0 to kLatestTime.
std::optional<WallTime> parse_time(std::string_view word);
std::int64_t unix_milliseconds(WallTime time);

}  // namespace rollcall::state
