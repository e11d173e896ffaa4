/// Properties: policy by masks agrees with a model that goes from record to record.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "pool/policy.hpp"

namespace rollcall::pool {
namespace {

struct Record {
  Tier tier = Tier::primary;
  bool healthy = false, drained = false, spare = false, idle = false;
};

rc::Gen<std::vector<Record>> any_records() {
  const auto record = rc::gen::apply(
      [](int tier, bool healthy, bool drained, bool spare, bool idle) {
        // What is drained is not healthy, and what is healthy is no spare.
        const bool up = healthy && !drained;
        return Record{static_cast<Tier>(tier), up, drained, spare && !up && !drained, idle};
      },
      rc::gen::inRange(0, 3), rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
      rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>());
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 65), [record](std::size_t count) {
    return rc::gen::container<std::vector<Record>>(count, record);
  });
}

Ballot ballot_of(const std::vector<Record>& records) {
  Ballot ballot{.count = records.size()};
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const Record& one = records[i];
    if (one.healthy) ballot.healthy |= bit;
    if (one.drained) ballot.drained |= bit;
    if (one.spare) ballot.spare |= bit;
    if (one.idle) ballot.idle |= bit;
    if (one.tier == Tier::backup) ballot.backup |= bit;
    if (one.tier == Tier::fallback) ballot.fallback |= bit;
  }
  return ballot;
}

using Chosen = std::vector<bool>;  // by record

/// The records of `tier` that are up, where they are enough of those that count.
template <class Counts, class Up>
Chosen serving_in(const std::vector<Record>& records, Tier tier, unsigned min_healthy,
                  Counts counts, Up up) {
  Chosen chosen(records.size());
  unsigned all = 0, good = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].tier != tier || records[i].drained || !counts(records[i])) continue;
    ++all;
    chosen[i] = up(records[i]);
    good += chosen[i];
  }
  if (good == 0 || 100 * good < min_healthy * all) return Chosen(records.size());
  return chosen;
}

bool is_empty(const Chosen& chosen) {
  return std::ranges::find(chosen, true) == chosen.end();
}

template <class Wanted>
Chosen all_that(const std::vector<Record>& records, Wanted wanted) {
  Chosen chosen;
  for (const Record& record : records) chosen.push_back(wanted(record));
  return chosen;
}

/// docs/health.md, the section on what is answered.
Chosen model(const std::vector<Record>& records, const PoolPolicy& policy) {
  for (const bool last_reserves : {false, true}) {
    const auto counts = [&](const Record& record) { return last_reserves || !record.idle; };
    const auto up = [&](const Record& record) {
      return record.healthy || (last_reserves && record.spare);
    };
    for (const Tier tier : {Tier::primary, Tier::backup}) {
      const Chosen chosen = serving_in(records, tier, policy.min_healthy, counts, up);
      if (!is_empty(chosen)) return chosen;
    }
  }
  if (policy.when_all_down == WhenAllDown::fail_closed) return Chosen(records.size());
  const auto is_fallback = [](const Record& record) {
    return record.tier == Tier::fallback && !record.drained;
  };
  const Chosen up = all_that(records, [&](const Record& record) {
    return is_fallback(record) && (record.healthy || record.spare);
  });
  if (!is_empty(up)) return up;
  const Chosen fallback = all_that(records, is_fallback);
  if (!is_empty(fallback)) return fallback;
  const Chosen kept = all_that(records, [](const Record& record) { return !record.drained; });
  if (!is_empty(kept)) return kept;
  return Chosen(records.size(), true);
}

RC_GTEST_PROP(PolicyModel, MasksChooseTheRecordsThatTheModelChooses, ()) {
  const std::vector<Record> records = *any_records();
  const PoolPolicy policy{static_cast<WhenAllDown>(*rc::gen::inRange(0, 3)),
                          *rc::gen::inRange(0U, 101U)};
  const std::uint64_t live = live_members(ballot_of(records), policy);
  const Chosen expected = model(records, policy);
  for (std::size_t i = 0; i < records.size(); ++i) {
    RC_ASSERT(((live >> i & 1) != 0) == expected[i]);
  }
  if (records.size() < 64) RC_ASSERT(live >> records.size() == 0U);
}

}  // namespace
}  // namespace rollcall::pool
