/// The file of the overrides: a line "drained|forced-up|forced-down POOL ADDRESS EXCHANGE|- END|-
/// REASON" each, and a line "normal END|-". END is "UNIX-MILLISECONDS+LEFT": when it ends by the
/// calendar, and the milliseconds until then as counted when it was saved. The shorter one counts,
/// so that a calendar that is set back prolongs no override.
#include <fmt/format.h>

#include <algorithm>

#include "core/number.hpp"
#include "state/state_text.hpp"

namespace rollcall::state {
namespace {

using pool::OverrideKind;

/// "-" or the time at which it ends, as what is left of it. An older server wrote no "+LEFT".
/// @return nothing where the word is neither
std::optional<std::optional<Duration>> parse_left(std::string_view word, WallTime now) {
  if (word == kNone) return std::optional<Duration>();
  const std::size_t plus = word.find('+');
  const auto end = parse_time(word.substr(0, plus));
  if (!end) return std::nullopt;
  const Duration by_calendar = *end - now;
  if (plus == std::string_view::npos) return std::optional<Duration>(by_calendar);
  const auto left = parse_number<std::int64_t>(word.substr(plus + 1));
  if (!left || *left < 0 || *left > kLatestTime) return std::nullopt;
  return std::optional(std::min<Duration>(by_calendar, std::chrono::milliseconds(*left)));
}

std::string left_word(std::optional<Duration> left, WallTime now) {
  if (!left) return std::string(kNone);
  const auto ms = std::max(std::chrono::ceil<std::chrono::milliseconds>(*left),
                           std::chrono::milliseconds::zero());
  return fmt::format("{}+{}", unix_milliseconds(now + ms), ms.count());
}

bool is_over(std::optional<Duration> left) {
  return left && *left <= Duration::zero();
}

/// @return false where the line is not in this format
bool read_line(std::string_view line, WallTime now, pool::SavedOverrides& into) {
  const std::string_view first = take_word(line);
  if (first == "normal") {
    const auto left = parse_left(line, now);
    if (!left) return false;
    into.normal = !is_over(*left);
    if (into.normal) into.normal_left = *left;
    return true;
  }
  pool::SavedOverride one;
  bool known = false;
  for (const auto kind :
       {OverrideKind::drained, OverrideKind::forced_up, OverrideKind::forced_down}) {
    if (first != to_string(kind)) continue;
    one.kind = kind;
    known = true;
  }
  const auto pool = dns::Name::parse(take_word(line));
  const auto address = IpAddress::parse(take_word(line));
  const std::string_view exchange = take_word(line);
  const auto left = parse_left(take_word(line), now);
  if (!known || !pool || !address || exchange.empty() || !left) return false;
  one.pool = *pool;
  one.address = *address;
  if (exchange != kNone) one.exchange = exchange;
  one.left = *left;
  one.reason = line;
  if (!is_over(one.left)) into.members.push_back(std::move(one));
  return true;
}

}  // namespace

Salvaged<pool::SavedOverrides> parse_overrides(std::string_view text, WallTime now) {
  Salvaged<pool::SavedOverrides> overrides;
  while (!text.empty()) {
    bool whole = false;
    const std::string_view line = take_line(text, whole);
    // The file is replaced whole: a crash leaves no line without an end.
    if (!whole || !read_line(line, now, overrides.value)) {
      overrides.unread.push_back(shown(line));
    }
  }
  return overrides;
}

std::string format_overrides(const pool::SavedOverrides& overrides, WallTime now) {
  std::string text;
  if (overrides.normal) text += fmt::format("normal {}\n", left_word(overrides.normal_left, now));
  for (const pool::SavedOverride& one : overrides.members) {
    text += fmt::format("{} {} {} {} {} {}\n", to_string(one.kind), one.pool.to_text(),
                        one.address.to_string(), one.exchange.empty() ? kNone : one.exchange,
                        left_word(one.left, now), one.reason);
  }
  return text;
}

}  // namespace rollcall::state
