#include "roster/pool_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/counted.hpp"

namespace rollcall::roster {
namespace {

enum Kind : std::size_t { kDrained, kForcedDown, kDown, kKeptBack, kUp, kKinds };
constexpr std::array<std::string_view, kKinds> kWords{"drained", "forced down", "down", "kept back",
                                                      "without a share"};

Kind kind_of(const Member& member) {
  if (member.override_kind() == OverrideKind::drained) return kDrained;
  if (member.override_kind() == OverrideKind::forced_down) return kForcedDown;
  if (!member.is_up()) return kDown;
  return member.is_kept_back() ? kKeptBack : kUp;
}

}  // namespace

std::string why_all_down(const Pool& pool) {
  std::array<std::size_t, kKinds> count{};
  std::size_t total = 0;
  for (const Member& member : pool.members) {
    if (member.tier == Tier::fallback) continue;
    ++count[kind_of(member)];
    ++total;
  }
  if (pool.spec.min_healthy != 0 && count[kUp] != 0) {
    return fmt::format("too few usable members: {} of {} {} up, {} % are needed", count[kUp],
                       total - count[kDrained], count[kUp] == 1 ? "is" : "are",
                       pool.spec.min_healthy);
  }
  if (total == 0) return "no usable member";
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (count[kind] != total) continue;
    return total == 1 ? fmt::format("no usable member: the only one is {}", kWords[kind])
                      : fmt::format("no usable member: all {} are {}", total, kWords[kind]);
  }
  std::string parts;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (count[kind] == 0) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", count[kind], kWords[kind]);
  }
  return "no usable member: " + parts;
}

std::string primaries_left(const Pool& pool) {
  std::size_t primaries = 0;
  std::size_t up = 0;
  for (const Member& member : pool.members) {
    if (member.tier != Tier::primary) continue;
    ++primaries;
    up += member.counts_as_up() ? 1 : 0;
  }
  if (up == 0) return "no primary member is usable";
  return fmt::format("{} of {} {} usable", up,
                     counted(primaries, "primary member", "primary members"),
                     up == 1 ? "is" : "are");
}

std::string answer_when_all_down(const Pool& pool) {
  const auto is_drained = [](const Member& member) {
    return member.override_kind() == OverrideKind::drained;
  };
  const bool some = std::ranges::any_of(pool.members, is_drained) &&
                    !std::ranges::all_of(pool.members, is_drained);
  const std::string_view all = some ? "returning all but the drained" : "returning all";
  if (pool.spec.observe_only) {
    return fmt::format("{} (observe_only, without it {})", all, to_string(pool.spec.when_all_down));
  }
  switch (pool.spec.when_all_down) {
    case WhenAllDown::fail_closed:
      return "returning none (fail_closed)";
    case WhenAllDown::fallback:
      return "returning the fallback";
    case WhenAllDown::fail_open:
      break;
  }
  return fmt::format("{} (fail_open)", all);
}

}  // namespace rollcall::roster
