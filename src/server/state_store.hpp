/// What survives a restart, in files of state_dir:
///
///   serials   a log: a line "ZONE CEILING" each time a block of serials was reserved, flushed to
///             disk before it is used; the last line of a zone counts; rewritten at start
///   lock      held while a server runs: two would publish one serial twice
///   health    "saved UNIX-MILLISECONDS", then a line "up|down|kept POOL ADDRESS CHECK" each (kept:
///             up, and kept back by its pool); such a head stands before lines of another age too;
///             a line "witness ADDRESS CHECK" for each that has answered, however long ago;
///             replaced whole
///   overrides a line "drained|forced-up|forced-down POOL ADDRESS EXCHANGE|- END|- REASON" each and
///             a line "normal END|-", replaced whole; END is in UNIX-MILLISECONDS
///
/// A line of `serials` that was torn by a crash has no end and is not counted.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "roster/saved_state.hpp"
#include "server/descriptor.hpp"

namespace rollcall::server {

class StateStore {
 public:
  /// Makes the folder where it is missing, and locks it.
  static Result<StateStore> open(const std::string& folder);

  /// What the last run left, as of `now`. A file that cannot be understood is an error: to start
  /// with serials forgotten would publish old ones again, with overrides forgotten would answer who
  /// is drained. Only health may be forgotten, and the log says so.
  Result<roster::SavedState> load(WallTime now);

  /// The folder and its files get another owner, before the server becomes that user.
  Result<void> give_to(uid_t user, gid_t group) const;

  /// Returns when it is on disk.
  Result<void> keep_serial(const dns::Name& origin, std::uint32_t ceiling);
  Result<void> save_health(const roster::SavedHealth& health, WallTime now);
  Result<void> save_overrides(const roster::SavedOverrides& overrides, WallTime now);

 private:
  StateStore(std::string folder, Descriptor lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  Result<void> replace(const std::string& name, const std::string& text) const;
  Result<void> open_serial_log(const roster::SavedState& state);

  std::string folder_;
  Descriptor lock_;
  Descriptor serials_;
};

/// @return no members where it is older than kSavedHealthLifetime or from the future; an error with
/// the first line that is none of format_health
Result<roster::SavedHealth> parse_health(std::string_view text, WallTime now);
std::string format_health(const roster::SavedHealth& health, WallTime now);

/// Takes the first word, and the blank behind it, from the front of `line`.
std::string_view take_word(std::string_view& line);

/// In milliseconds, the year 2255: up to it the difference of two times does not overflow.
inline constexpr std::int64_t kLatestTime = 9'000'000'000'000;

/// UNIX-MILLISECONDS from 0 to kLatestTime.
std::optional<WallTime> parse_time(std::string_view word);

/// What has ended by `now` is left out.
/// @return an error with the line that is none of format_overrides
Result<roster::SavedOverrides> parse_overrides(std::string_view text, WallTime now);
std::string format_overrides(const roster::SavedOverrides& overrides, WallTime now);

}  // namespace rollcall::server
