/// StateStore: the file of the overrides.
#include <fmt/format.h>

#include "server/state_store.hpp"

namespace rollcall::server {
namespace {

using roster::OverrideKind;

constexpr std::string_view kNone = "-";

/// "-" or the time at which it ends, as what is left of it.
/// @return nothing where the word is neither
std::optional<std::optional<Duration>> parse_left(std::string_view word, WallTime now) {
  if (word == kNone) return std::optional<Duration>();
  const auto end = parse_time(word);
  if (!end) return std::nullopt;
  return std::optional<Duration>(*end - now);
}

std::string left_word(std::optional<Duration> left, WallTime now) {
  if (!left) return std::string(kNone);
  return std::to_string(
      (now + std::chrono::ceil<std::chrono::milliseconds>(*left)).time_since_epoch().count());
}

bool is_over(std::optional<Duration> left) {
  return left && *left <= Duration::zero();
}

/// @return false where the line is none of ours
bool read_line(std::string_view line, WallTime now, roster::SavedOverrides& into) {
  const std::string_view first = take_word(line);
  if (first == "normal") {
    const auto left = parse_left(line, now);
    if (!left) return false;
    into.normal = !is_over(*left);
    if (into.normal) into.normal_left = *left;
    return true;
  }
  roster::SavedOverride one;
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

Result<roster::SavedOverrides> parse_overrides(std::string_view text, WallTime now) {
  roster::SavedOverrides overrides;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    // The file is replaced whole: a line without an end is no crash of ours.
    if (end == std::string_view::npos || !read_line(line, now, overrides)) {
      return fail(fmt::format("holds a line that is none of mine: \"{}\"", line));
    }
    text.remove_prefix(end + 1);
  }
  return overrides;
}

std::string format_overrides(const roster::SavedOverrides& overrides, WallTime now) {
  std::string text;
  if (overrides.normal) text += fmt::format("normal {}\n", left_word(overrides.normal_left, now));
  for (const roster::SavedOverride& one : overrides.members) {
    text += fmt::format("{} {} {} {} {} {}\n", to_string(one.kind), one.pool.to_text(),
                        one.address.to_string(), one.exchange.empty() ? kNone : one.exchange,
                        left_word(one.left, now), one.reason);
  }
  return text;
}

}  // namespace rollcall::server
