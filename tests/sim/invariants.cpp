/// What holds after every step, evaluated from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "sim/world.hpp"

namespace rollcall::sim {

using pool::OverrideKind;
using pool::State;
using pool::WhenAllDown;

namespace {

Candidate candidate_of(const pool::MemberStatus& member) {
  const bool kept_back = member.kept_back != pool::KeptBack::no;
  return {.good = is_good(member) && !kept_back,
          .kept = member.override_kind != OverrideKind::drained,
          .taken = member.override_kind == OverrideKind::drained ||
                   member.override_kind == OverrideKind::forced_down,
          .spare = is_good(member) && kept_back,
          .idle = member.share == 0,
          .tier = member.tier};
}

}  // namespace

Duration worst_case(const health::CheckSpec& check, unsigned count) {
  const auto one = static_cast<Duration>(std::max(check.interval, check.fast_interval));
  return Duration(static_cast<Duration::rep>(static_cast<double>(one.count()) * (1 + check.jitter) *
                                             (count + 1))) +
         check.timeout * (count + 1);
}

void World::check_invariants() {
  const pool::Status status = roster_->status(now_);
  if (normal_until_ && *normal_until_ <= now_) normal_ = false;
  ASSERT_EQ(status.normal, normal_) << where();
  was_frozen_ = status.frozen.has_value();
  for (const pool::WitnessStatus& witness : status.witnesses) {
    ASSERT_EQ(witness.has_vote, voters_.contains(witness.address)) << where();
  }
  blame(wires_.fault(now_));
  for (const pool::PoolStatus& pool : status.pools) {
    check_overrides(pool);
    for (const pool::MemberStatus& member : pool.members) {
      ASSERT_FALSE(member.degraded && member.observed != State::up) << where();
    }
    const auto spec = std::ranges::find(pools_, pool.name, &pool::PoolSpec::name);
    ASSERT_NE(spec, pools_.end());
    for (const pool::MemberStatus& member : pool.members) {
      if (!member.elsewhere) check_probes_alone(member, *spec);
    }
    if (spec->records == pool::PoolRecords::mx) {
      check_mx_pool(pool, *spec, status);
    } else {
      check_pool(pool, *spec);
    }
  }
  if (published_) return;
  // Nobody waits for a first round for longer than its limit.
  ASSERT_LE(now_ - started_, roster::kReadyLimit) << where() << "the zone is not served";
}

/// Evaluates the pool from scratch and holds it against what is stored.
void World::check_pool(const pool::PoolStatus& pool, const pool::PoolSpec& spec) {
  std::vector<Candidate> records;
  for (const pool::MemberStatus& member : pool.members) records.push_back(candidate_of(member));
  const Decision decision = decide(records, spec);
  const std::string name = pool.name.to_display();
  ASSERT_EQ(pool.all_down, decision.all_down) << where() << name;
  const std::vector<bool> live = spec.observe_only ? observe(records, spec) : decision.live;
  bool one_live = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const pool::MemberStatus& member = pool.members[i];
    ASSERT_EQ(member.live, normal_ || live[i])
        << where() << name << " " << member.address.to_string();
    ASSERT_EQ(member.would_be_live, decision.live[i])
        << where() << name << " " << member.address.to_string();
    one_live |= member.live;
    check_delay(member, spec, decision);
    check_cut(member, spec);
  }
  const bool none =
      spec.observe_only ? std::ranges::all_of(records, &Candidate::taken) : decision.all_down;
  const bool closed = none && spec.when_all_down == WhenAllDown::fail_closed;
  ASSERT_EQ(one_live, normal_ || !closed) << where() << "an empty answer from " << name;
}

/// Where witnesses tell that we have lost our network, who was well before stays in.
void World::check_cut(const pool::MemberStatus& member, const pool::PoolSpec& spec) {
  if (member.override_kind != OverrideKind::automatic) in_hand_.insert(member.address);
  if (in_hand_.contains(member.address)) return;
  const bool first =
      member.tier == pool::Tier::primary && spec.min_healthy == 0 && member.share != 0;
  if (!cut_ || voters_.empty() || believed_ || slow_probes_ || !first) return;
  const Backend& backend = backends_.at(member.address);
  const health::CheckSpec& check = spec.checks[0];
  const Instant calm = std::max(backend.changed, before_cut_) + worst_case(check, check.rise);
  if (!backend.alive || calm > cut_changed_ || started_ > cut_changed_) return;
  if (member.kept_back != pool::KeptBack::no) return;
  // The witnesses are asked at the first doubt, again where one was being asked.
  const health::CheckSpec& witness = guard_.witnesses[0].check;
  const Duration silence = 2 * witness.timeout + std::chrono::milliseconds(100);
  ASSERT_TRUE(member.live || now_ - cut_changed_ <= worst_case(check, check.fall) + silence)
      << where() << member.address.to_string() << " is left out for our own cut";
}

/// Of a member that no operator has spoken of: nobody is wrongly in or out for long.
void World::check_delay(const pool::MemberStatus& member, const pool::PoolSpec& spec,
                        const Decision& decision) {
  if (member.override_kind != OverrideKind::automatic || normal_) return;
  if (is_cut_off(member.address) || was_frozen_)
    return;  // then probes tell nothing, or are not heard
  const Backend& backend = backends_.at(member.address);
  const Duration since = now_ - std::max({backend.changed, started_, cut_changed_, disturbed_});
  const health::CheckSpec& check = spec.checks[0];
  if (!backend.alive && !decision.all_down && !spec.observe_only) {
    ASSERT_FALSE(member.live && since > worst_case(check, check.fall))
        << where() << member.address.to_string() << " is dead and answered";
  }
  // Others may stand before a backup; and one of too few is answered only where all are.
  const bool first =
      member.tier == pool::Tier::primary && spec.min_healthy == 0 && member.share != 0;
  if (member.kept_back != pool::KeptBack::no) {
    const bool flapping = member.kept_back == pool::KeptBack::flapping;
    ASSERT_TRUE(flapping ? spec.flap_damping : spec.failback != Duration::zero()) << where();
    ASSERT_TRUE(member.kept_left || !spec.failback) << where() << "nothing ends it";
    ASSERT_NE(member.kept_left, Duration::zero()) << where() << "its time is up";
    return;
  }
  if (backend.alive && !slow_probes_ && first) {
    ASSERT_TRUE(member.live || since <= worst_case(check, check.rise))
        << where() << member.address.to_string() << " is alive and left out";
  }
}

/// What probes say of a member, whatever operators, policy or the guard make of it: who is well is
/// never down, however often connections to it end, and who is dead is not up.
void World::check_probes_alone(const pool::MemberStatus& member, const pool::PoolSpec& spec) {
  if (cut_) return;
  const Backend& backend = backends_.at(member.address);
  const Duration since = now_ - std::max({backend.changed, started_, cut_changed_, disturbed_});
  const health::CheckSpec& check = spec.checks[0];
  if (!backend.alive) {
    ASSERT_TRUE(member.observed == State::down || since <= worst_case(check, check.fall))
        << where() << member.address.to_string() << " is dead and not down";
  } else if (!slow_probes_) {
    ASSERT_TRUE(member.observed == State::up || since <= worst_case(check, check.rise))
        << where() << member.address.to_string() << " is alive and down";
  }
}

/// An exchange is answered as policy says of its addresses together, and while the pool that it
/// follows has somebody; where that would leave none, the latter counts not.
void World::check_mx_pool(const pool::PoolStatus& pool, const pool::PoolSpec& spec,
                          const pool::Status& all) {
  std::map<std::string, Candidate> exchanges;
  for (const pool::MemberStatus& member : pool.members) {
    const Candidate address = candidate_of(member);
    const auto [found, fresh] = exchanges.emplace(member.exchange, address);
    if (fresh) continue;
    // Of those that are good, or of all where none is.
    if (address.good == found->second.good) {
      found->second.idle &= address.idle;
    } else if (address.good) {
      found->second.idle = address.idle;
    }
    found->second.good |= address.good;
    found->second.kept |= address.kept;
    found->second.taken &= address.taken;
    found->second.spare |= address.spare;
    found->second.tier = std::min(found->second.tier, address.tier);
  }
  std::vector<Candidate> records;
  for (const auto& [name, exchange] : exchanges) records.push_back(exchange);
  const Decision decision = decide(records, spec);
  const std::vector<bool> observed = observe(records, spec);
  const auto names = exchanges | std::views::keys;
  std::map<std::string, bool> passed;
  std::map<std::string, bool> present;
  std::map<std::string, bool> answered;
  bool any_left = false;
  for (std::size_t i = 0; const std::string& name : names) {
    const auto followed = std::ranges::find_if(
        all.pools, [&](const auto& other) { return other.name.to_display() == name; });
    answered[name] = observed[i];
    passed[name] = decision.live[i++];
    present[name] = followed == all.pools.end() || !followed->all_down || followed->observe_only;
    any_left |= passed[name] && present[name];
  }
  for (const pool::MemberStatus& member : pool.members) {
    const std::string& name = member.exchange;
    const bool decided = passed[name] && (present[name] || !any_left);
    ASSERT_EQ(member.live, normal_ || (spec.observe_only ? answered[name] : decided))
        << where() << name << " " << member.address.to_string();
    ASSERT_EQ(member.would_be_live, decided)
        << where() << name << " " << member.address.to_string();
  }
  const bool open = spec.when_all_down == WhenAllDown::fail_open;
  ASSERT_EQ(pool.all_down, decision.all_down) << where();
  ASSERT_EQ(pool.failed_open, decision.all_down && open && !normal_ && !spec.observe_only)
      << where();
}

}  // namespace rollcall::sim
