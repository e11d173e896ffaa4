/// A notice in the words and fields that messages need. Unlike a notice it can be saved.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "pool/notice.hpp"
#include "pool/notice_kinds.hpp"

namespace rollcall::alert {

// Octets of a text that comes from outside: a mail quotes so much, not all of it.
inline constexpr std::size_t kLineLimit = 500;
inline constexpr std::size_t kDetailLimit = 4096;

/// All of its texts are printable UTF-8.
struct Told {
  std::string kind;  // "dropped"
  pool::NoticeLevel level = pool::NoticeLevel::info;
  pool::Course course = pool::Course::happens;
  std::string problem;                  // the kind that begins the problem
  std::string severity;                 // its level in words, the same when it begins and ends
  std::string many;                     // "down", of several
  std::string noun;                     // of `name`: "pool", "zone" or nothing
  std::string name;                     // of the pool or zone; may be empty
  std::string host;                     // the member's address, else its exchange; may be empty
  std::string reason;                   // one line
  std::string line;                     // the whole in one line
  std::string detail;                   // what Rollcall did; lines
  std::string next;                     // what it does next
  std::string command;                  // for a person to act
  std::string object;                   // JSON of the notice's fields
  WallTime first{};                     // when the first of them happened
  WallTime at{};                        // when the last one happened
  std::size_t times = 1;                // how many of them there were
  std::optional<Duration> lasted = {};  // of a problem that ends, if known
  bool still_open = false;              // another problem of the same group is not over

  bool operator==(const Told&) const = default;
};

Told told_of(const pool::Notice& notice, WallTime now);

/// Notices with one key are one matter with a latest state: what begins and what ends a problem of
/// a member, and the same event of a member.
std::string key_of(const Told& told);
/// One outage as a pager sees it: the problem, and the host or else the name.
std::string group_of(const Told& told);
/// "firing", "resolved", "event".
std::string_view status_of(const Told& told);

boost::json::object to_object(const Told& told);
/// @return an error where it is not an object of to_object()
Result<Told> told_from(const boost::json::object& object);

/// At most `limit` octets of the text; a cut is shown by "...".
std::string shortened(std::string_view text, std::size_t limit);

/// "2026-11-30 15:21:08 UTC"
std::string date_and_time(WallTime time);

}  // namespace rollcall::alert
