/// A roster on a clock of the test's own, and what it wanted done.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "pool/pools.hpp"
#include "roster/roster.hpp"
#include "zone/load.hpp"

namespace rollcall::roster {

inline constexpr const char* kHead = "$TTL 60\n@ SOA ns root 10 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

inline ZonePtr build(std::string_view origin, const std::string& tail,
                     const std::vector<std::string>& pools,
                     const std::vector<std::string>& mx_pools = {}) {
  std::vector<dns::Name> names;
  for (const std::string& pool : pools) names.push_back(name_of(pool));
  std::vector<dns::Name> mx_names;
  for (const std::string& pool : mx_pools) mx_names.push_back(name_of(pool));
  const auto report =
      zone::load_zone({name_of(origin), "zone", names, mx_names},
                      [&](const std::string&) -> Result<std::string> { return kHead + tail; });
  EXPECT_NE(report.zone, nullptr);
  return report.zone;
}

/// Carries the effect out as the server does.
inline void store(const StoreLive& effect) {
  WatchTableSink().take(effect);
}

/// The step and, where it has serials to write, the step that follows when the disk has them at
/// once.
inline std::vector<Effect> step_with_disk(Roster& roster, const Event& event, Instant now) {
  std::vector<Effect> effects = roster.step(event, now);
  roster.check_invariants();
  SerialsKept done;
  for (const Effect& effect : effects) {
    if (const auto* keep = std::get_if<KeepSerial>(&effect)) done.kept[keep->origin] = keep->serial;
  }
  if (done.kept.empty() || std::holds_alternative<Stopping>(event)) return effects;
  for (Effect& effect : step_with_disk(roster, done, now)) effects.push_back(std::move(effect));
  return effects;
}

/// A roster, its clock, and what it wanted done.
struct Stage {
  explicit Stage(SavedState saved = {}) : roster(std::make_unique<Roster>(std::move(saved), 7)) {}

  void step(const Event& event) {
    effects = disk_full ? roster->step(event, now) : step_with_disk(*roster, event, now);
    for (const Effect& effect : effects) {
      if (const auto* started = std::get_if<StartProbe>(&effect)) probes.push_back(*started);
    }
  }
  void wait(Duration time) {
    now += time;
    step(Tick{});
  }
  void configure(std::vector<PoolSpec> pools, const std::vector<std::string>& origins,
                 GuardSpec guard = {}) {
    Configured event{.pools = std::move(pools), .origins = {}, .guard = std::move(guard)};
    for (const std::string& origin : origins) event.origins.push_back(name_of(origin));
    step(event);
  }
  /// Answers every probe of `member` that is under way.
  void answer(std::string_view member, bool good) {
    for (const StartProbe& probe : std::exchange(probes, {})) {
      if (probe.member == address_of(member)) {
        step(ProbeDone{probe.probe, {good, good ? "" : "refused"}});
        answered.insert(answered.end(), effects.begin(), effects.end());
      } else {
        probes.push_back(probe);
      }
    }
  }
  template <class E>
  const E* told() const {
    for (const Effect& effect : effects) {
      if (const E* found = std::get_if<E>(&effect)) return found;
    }
    return nullptr;
  }

  /// The serial that secondaries got last in this step; nothing where they got none.
  std::optional<std::uint32_t> sent() const {
    std::optional<std::uint32_t> serial;
    for (const Effect& effect : effects) {
      const auto* masks = std::get_if<StoreLive>(&effect);
      if (masks != nullptr && masks->published) serial = masks->serial;
    }
    return serial;
  }

  std::unique_ptr<Roster> roster;
  bool disk_full = false;  // SerialsKept is left to the test
  Instant now{std::chrono::hours(1)};
  std::vector<Effect> effects;   // of the last step
  std::vector<Effect> answered;  // of all probes that were answered
  std::vector<StartProbe> probes;
};

}  // namespace rollcall::roster
