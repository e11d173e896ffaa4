#include "api/status_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/nearest.hpp"
#include "core/wildcard.hpp"

namespace rollcall::api {
namespace {

using pool::MemberStatus;
using pool::OverrideKind;
using pool::State;

struct StateWord {
  std::string_view word;
  bool (*is_in)(const MemberStatus&);
};

constexpr std::array<StateWord, 11> kStates{{
    {"up", [](const MemberStatus& m) { return m.observed == State::up; }},
    {"down", [](const MemberStatus& m) { return m.observed == State::down; }},
    {"unknown", [](const MemberStatus& m) { return m.observed == State::unknown; }},
    {"degraded", [](const MemberStatus& m) { return m.degraded; }},
    {"live", [](const MemberStatus& m) { return m.live; }},
    {"out", [](const MemberStatus& m) { return !m.live; }},
    {"drained", [](const MemberStatus& m) { return m.override_kind == OverrideKind::drained; }},
    {"forced-up", [](const MemberStatus& m) { return m.override_kind == OverrideKind::forced_up; }},
    {"forced-down",
     [](const MemberStatus& m) { return m.override_kind == OverrideKind::forced_down; }},
    {"held", [](const MemberStatus& m) { return m.held; }},
    {"kept-back", [](const MemberStatus& m) { return m.kept_back != pool::KeptBack::no; }},
}};

}  // namespace

bool is_state_word(std::string_view word) noexcept {
  return std::ranges::find(kStates, word, &StateWord::word) != kStates.end();
}

Error not_a_state(std::string_view word) {
  std::array<std::string_view, kStates.size()> words;
  std::string all;
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    words[i] = kStates[i].word;
    all += (i == 0 ? "" : ", ") + std::string(words[i]);
  }
  const auto near = nearest_word(word, words);
  return Error{fmt::format("invalid state \"{}\"; {}", word,
                           near ? fmt::format("did you mean \"{}\"?", *near) : "use " + all)};
}

pool::Status filtered(pool::Status status, const StatusRequest& wanted) {
  if (wanted.zone) {
    std::erase_if(status.zones, [&](const auto& zone) { return zone.origin != *wanted.zone; });
    std::erase_if(status.pools, [&](const auto& pool) { return pool.zone != *wanted.zone; });
  }
  if (!wanted.pool.empty()) {
    std::erase_if(status.pools, [&](const pool::PoolStatus& pool) {
      return !matches_wildcard(wanted.pool, pool.name.to_display());
    });
  }
  const auto state = std::ranges::find(kStates, wanted.state, &StateWord::word);
  if (state != kStates.end()) {
    for (pool::PoolStatus& pool : status.pools) {
      std::erase_if(pool.members,
                    [&](const MemberStatus& member) { return !state->is_in(member); });
    }
    std::erase_if(status.pools, [](const auto& pool) { return pool.members.empty(); });
  }
  if (wanted != StatusRequest{}) {
    status.floating.clear();
    std::erase_if(status.forwards, [&](const pool::ForwardStatus& forward) {
      return std::ranges::find(status.pools, forward.pool, &pool::PoolStatus::name) ==
             status.pools.end();
    });
  }
  if (!wanted.pool.empty() || !wanted.state.empty()) {
    status.zones.clear();
    status.witnesses.clear();
  }
  return status;
}

}  // namespace rollcall::api
