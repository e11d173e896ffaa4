#include "state/state_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/number.hpp"
#include "core/printable.hpp"

namespace rollcall::state {
namespace {

constexpr std::string_view kUp = "up";
constexpr std::string_view kDown = "down";
constexpr std::string_view kKept = "kept";
constexpr std::string_view kAsked = "asked";
constexpr std::string_view kWitness = "witness";
constexpr std::size_t kMaxContent = 64;  // octets; twice what format_serials writes

std::string_view state_word(const pool::SavedMember& member) {
  if (!member.up) return kDown;
  return member.kept_back ? kKept : kUp;
}

/// @return nothing where the line is not "saved"
std::optional<WallTime> parse_saved(std::string_view line) {
  if (take_word(line) != "saved") return std::nullopt;
  return parse_time(line);
}

std::optional<pool::SavedMember> parse_member(std::string_view line) {
  const std::string_view state = take_word(line);
  const bool known = state == kUp || state == kDown || state == kKept;
  const auto pool = dns::Name::parse(take_word(line));
  const auto address = IpAddress::parse(take_word(line));
  if (!known || !pool || !address || line.empty()) return std::nullopt;
  // A check's name may hold blanks: it is the rest of the line.
  return pool::SavedMember{.pool = *pool,
                           .address = *address,
                           .check = std::string(line),
                           .up = state != kDown,
                           .kept_back = state == kKept};
}

/// @return nothing where the line is not a witness's
std::optional<pool::SavedWitness> parse_witness(std::string_view line) {
  if (take_word(line) != kWitness) return std::nullopt;
  const auto address = IpAddress::parse(take_word(line));
  if (!address || line.empty()) return std::nullopt;
  return pool::SavedWitness{.address = *address, .check = std::string(line)};
}

bool read_serial(std::string_view line, pool::SavedSerials& into) {
  const auto origin = dns::Name::parse(take_word(line));
  const auto ceiling = parse_number<std::uint32_t>(take_word(line));
  const bool plain = std::ranges::all_of(line, [](char c) { return c > ' ' && c <= '~'; });
  if (!origin || !ceiling || !plain || line.size() > kMaxContent) return false;
  into[*origin] = {*ceiling, std::string(line)};
  return true;
}

bool read_restart(std::string_view line, WallTime now, std::vector<pool::SavedRestart>& into) {
  const bool known = take_word(line) == kAsked;
  const auto pool = dns::Name::parse(take_word(line));
  const auto address = IpAddress::parse(take_word(line));
  const std::string_view exchange = take_word(line);
  const auto time = parse_time(line);
  if (!known || !pool || !address || exchange.empty() || !time) return false;
  // A time in the future counts as now: the calendar was set back.
  into.push_back({.pool = *pool,
                  .address = *address,
                  .exchange = exchange == kNone ? std::string() : std::string(exchange),
                  .age = std::max(Duration(now - *time), Duration::zero())});
  return true;
}

bool read_transfer(std::string_view line, pool::SavedTransfers& into) {
  const auto origin = dns::Name::parse(take_word(line));
  const auto confirmed = parse_time(take_word(line));
  const auto expires = parse_time(line);
  if (!origin || !confirmed || !expires) return false;
  into[*origin] = {*confirmed, *expires};
  return true;
}

/// Reads every line that `read` accepts; lists the others as they are to be shown.
template <class T, class Read>
Salvaged<T> salvage(std::string_view text, Read read) {
  Salvaged<T> salvaged;
  while (!text.empty()) {
    bool whole = false;
    const std::string_view line = take_line(text, whole);
    if (!whole || !read(line, salvaged.value)) salvaged.unread.push_back(shown(line));
  }
  return salvaged;
}

}  // namespace

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

std::string_view take_line(std::string_view& text, bool& whole) {
  const std::size_t end = text.find('\n');
  whole = end != std::string_view::npos;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(whole ? end + 1 : text.size());
  return line;
}

std::string shown(std::string_view line) {
  constexpr std::size_t kShown = 100;
  return printable(line.substr(0, kShown));
}

std::optional<WallTime> parse_time(std::string_view word) {
  const auto time = parse_number<std::int64_t>(word);
  if (!time || *time < 0 || *time > kLatestTime) return std::nullopt;
  return WallTime(std::chrono::milliseconds(*time));
}

std::int64_t unix_milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Result<pool::SavedHealth> parse_health(std::string_view text, WallTime now) {
  if (text.empty()) return fail("empty");
  pool::SavedHealth health;
  std::optional<Duration> age;  // of the lines that follow
  for (std::size_t number = 1; !text.empty(); ++number) {
    bool whole = false;
    const std::string_view line = take_line(text, whole);
    const auto damaged = [&](std::string_view wanted) {
      return fail(fmt::format("line {} is not \"{}\" but \"{}\"", number, wanted, shown(line)));
    };
    // The file is replaced whole: a crash leaves no line without an end.
    if (!whole) return fail(fmt::format("line {} is incomplete", number));
    if (const auto saved = parse_saved(line)) {
      age = now - *saved;
    } else if (!age) {
      return damaged("saved UNIX-MILLISECONDS");
    } else if (auto witness = parse_witness(line)) {
      health.witnesses.push_back(std::move(*witness));
    } else {
      auto member = parse_member(line);
      if (!member) return damaged("up|down|kept POOL ADDRESS CHECK");
      member->age = *age;
      const bool fresh = *age >= Duration::zero() && *age <= pool::kSavedHealthLifetime;
      if (fresh) health.members.push_back(std::move(*member));
    }
  }
  return health;
}

std::string format_health(const pool::SavedHealth& health, WallTime now) {
  const auto saved = [now](Duration age) {
    const auto then = std::chrono::time_point_cast<std::chrono::milliseconds>(now - age);
    return fmt::format("saved {}\n", unix_milliseconds(then));
  };
  Duration age{};
  std::string text = saved(age);
  for (const pool::SavedMember& member : health.members) {
    if (std::exchange(age, member.age) != member.age) text += saved(age);
    text += fmt::format("{} {} {} {}\n", state_word(member), member.pool.to_text(),
                        member.address.to_string(), member.check);
  }
  for (const pool::SavedWitness& witness : health.witnesses) {
    text += fmt::format("{} {} {}\n", kWitness, witness.address.to_string(), witness.check);
  }
  return text;
}

Salvaged<pool::SavedSerials> parse_serials(std::string_view text) {
  return salvage<pool::SavedSerials>(text, read_serial);
}

std::string format_serials(const pool::SavedSerials& serials) {
  std::string text;
  for (const auto& [origin, serial] : serials) {
    text += fmt::format("{} {}{}{}\n", origin.name().lowered().to_text(), serial.ceiling,
                        serial.content.empty() ? "" : " ", serial.content);
  }
  return text;
}

Salvaged<std::vector<pool::SavedRestart>> parse_restarts(std::string_view text, WallTime now) {
  return salvage<std::vector<pool::SavedRestart>>(
      text, [now](std::string_view line, auto& into) { return read_restart(line, now, into); });
}

std::string format_restarts(const std::vector<pool::SavedRestart>& restarts, WallTime now) {
  std::string text;
  for (const pool::SavedRestart& one : restarts) {
    const auto then = std::chrono::ceil<std::chrono::milliseconds>(now - one.age);  // never older
    text += fmt::format("{} {} {} {} {}\n", kAsked, one.pool.to_text(), one.address.to_string(),
                        one.exchange.empty() ? kNone : one.exchange, unix_milliseconds(then));
  }
  return text;
}

Salvaged<pool::SavedTransfers> parse_transfers(std::string_view text) {
  return salvage<pool::SavedTransfers>(text, read_transfer);
}

std::string format_transfers(const pool::SavedTransfers& transfers) {
  std::string text;
  for (const auto& [origin, one] : transfers) {
    text += fmt::format("{} {} {}\n", origin.name().lowered().to_text(),
                        unix_milliseconds(one.confirmed), unix_milliseconds(one.expires));
  }
  return text;
}

}  // namespace rollcall::state
