#include "sim/policy_model.hpp"

#include <algorithm>

namespace rollcall::sim {

using pool::Tier;
using pool::WhenAllDown;

namespace {

template <class Wanted>
std::vector<bool> those(const std::vector<Candidate>& records, Wanted wanted) {
  std::vector<bool> live;
  for (const Candidate& record : records) live.push_back(wanted(record));
  return live;
}

bool holds_any(const std::vector<bool>& live) {
  return std::ranges::find(live, true) != live.end();
}

}  // namespace

Decision decide(const std::vector<Candidate>& records, const pool::PoolSpec& spec) {
  const auto is_up = [](const Candidate& r, bool with_spare) {
    return with_spare ? r.good || r.spare : r.good && !r.idle;
  };
  for (const bool with_spare : {false, true}) {
    for (const Tier tier : {Tier::primary, Tier::backup}) {
      const auto members = std::ranges::count_if(records, [&](const auto& r) {
        return r.tier == tier && r.kept && (with_spare || !r.idle);
      });
      const auto live =
          those(records, [&](const auto& r) { return r.tier == tier && is_up(r, with_spare); });
      const auto up = std::ranges::count(live, true);
      if (up > 0 && up * 100 >= members * static_cast<long>(spec.min_healthy)) {
        return {live, false};
      }
    }
  }
  if (spec.when_all_down == WhenAllDown::fail_closed) {
    return {those(records, [](const auto&) { return false; }), true};
  }
  for (const bool good : {true, false}) {
    const auto live = those(records, [&](const auto& r) {
      return r.tier == Tier::fallback && r.kept && (is_up(r, true) || !good);
    });
    if (holds_any(live)) return {live, true};
  }
  const auto kept = those(records, [](const auto& r) { return r.kept; });
  if (holds_any(kept)) return {kept, true};
  return {those(records, [](const auto&) { return true; }), true};
}

std::vector<bool> observe(const std::vector<Candidate>& records, const pool::PoolSpec& spec) {
  const auto in = those(records, [](const auto& r) { return !r.taken; });
  if (holds_any(in)) return in;
  // Nothing but overrides has taken them all out.
  const bool closed = spec.when_all_down == WhenAllDown::fail_closed;
  const auto kept = those(records, [&](const auto& r) { return r.kept && !closed; });
  return holds_any(kept) || closed ? kept : those(records, [](const auto&) { return true; });
}

}  // namespace rollcall::sim
