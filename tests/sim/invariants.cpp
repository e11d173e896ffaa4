/// What holds after every step, evaluated from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "sim/world.hpp"

namespace rollcall::sim {

using roster::Health;
using roster::OverrideKind;
using roster::WhenAllDown;

namespace {

/// The longest that a change may take to be seen: the rest of an interval with its jitter, then
/// `count` probes at fast_interval or interval, whichever is longer, each as long as its timeout.
Duration worst_case(const health::CheckSpec& check, unsigned count) {
  const auto one = static_cast<Duration>(std::max(check.interval, check.fast_interval));
  return Duration(static_cast<Duration::rep>(static_cast<double>(one.count()) * (1 + check.jitter) *
                                             (count + 1))) +
         check.timeout * (count + 1);
}

bool is_kept(const roster::MemberStatus& member) {
  return member.override_kind != OverrideKind::drained;
}

}  // namespace

void World::check_invariants() {
  const roster::Status status = roster_->status(now_);
  if (normal_until_ && *normal_until_ <= now_) normal_ = false;
  ASSERT_EQ(status.normal, normal_) << where();
  for (const roster::PoolStatus& pool : status.pools) {
    check_overrides(pool);
    const auto spec = std::ranges::find(pools_, pool.name, &roster::PoolSpec::name);
    ASSERT_NE(spec, pools_.end());
    if (spec->records == roster::PoolRecords::mx) {
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
void World::check_pool(const roster::PoolStatus& pool, const roster::PoolSpec& spec) {
  const bool any = std::ranges::any_of(pool.members, is_good);
  const bool any_kept = std::ranges::any_of(pool.members, is_kept);
  const bool answered = normal_ || any || spec.when_all_down == WhenAllDown::fail_open;
  bool one_live = false;
  for (const roster::MemberStatus& member : pool.members) {
    const bool should =
        normal_ || (any ? is_good(member) : answered && (is_kept(member) || !any_kept));
    ASSERT_EQ(member.live, should)
        << where() << pool.name.to_display() << " " << member.address.to_string();
    one_live |= member.live;
    if (member.override_kind == OverrideKind::forced_up) {
      ASSERT_TRUE(member.live) << where() << member.address.to_string() << " is forced up";
    }
    if (member.override_kind == OverrideKind::drained && any_kept && !normal_) {
      ASSERT_FALSE(member.live) << where() << member.address.to_string() << " is drained";
    }
    if (member.override_kind != OverrideKind::automatic) continue;
    const Backend& backend = backends_.at(member.address);
    const Instant since = std::max(backend.changed, started_);
    const health::CheckSpec& check = spec.checks[0];
    if (!backend.alive && any && !normal_) {
      ASSERT_FALSE(member.live && now_ - since > worst_case(check, check.fall))
          << where() << member.address.to_string() << " is dead and answered";
    }
    if (backend.alive && !slow_probes_) {
      ASSERT_TRUE(member.live || now_ - since <= worst_case(check, check.rise))
          << where() << member.address.to_string() << " is alive and left out";
    }
  }
  ASSERT_EQ(one_live, answered) << where() << "an empty answer from " << pool.name.to_display();
}

/// An exchange is answered while one of its addresses is good and the pool that it follows has
/// somebody; where that would leave none, the latter counts not, and then when_all_down does.
void World::check_mx_pool(const roster::PoolStatus& pool, const roster::PoolSpec& spec,
                          const roster::Status& all) {
  struct Exchange {
    bool healthy = false;
    bool kept = false;
    bool present = true;
  };
  std::map<std::string, Exchange> exchanges;
  if (unprobed_exchange_) exchanges["backup.example.net"] = {true, true, true};
  for (const roster::MemberStatus& member : pool.members) {
    exchanges[member.exchange].healthy |= is_good(member);
    exchanges[member.exchange].kept |= is_kept(member);
  }
  for (const roster::PoolStatus& other : all.pools) {
    const auto followed = exchanges.find(other.name.to_display());
    if (followed == exchanges.end()) continue;
    followed->second.present = std::ranges::any_of(other.members, is_good);
  }
  const auto values = exchanges | std::views::values;
  const bool any_healthy = std::ranges::any_of(values, &Exchange::healthy);
  const bool any_kept = std::ranges::any_of(values, &Exchange::kept);
  const bool open = any_healthy || spec.when_all_down == WhenAllDown::fail_open;
  const auto passes = [&](const Exchange& exchange) {
    return any_healthy ? exchange.healthy : open && (exchange.kept || !any_kept);
  };
  const bool any_left = std::ranges::any_of(
      values, [&](const Exchange& exchange) { return passes(exchange) && exchange.present; });
  for (const roster::MemberStatus& member : pool.members) {
    const Exchange& exchange = exchanges.at(member.exchange);
    ASSERT_EQ(member.live, normal_ || (passes(exchange) && (exchange.present || !any_left)))
        << where() << member.exchange << " " << member.address.to_string();
  }
  ASSERT_EQ(pool.failed_open, !any_healthy && open && !normal_) << where();
}

}  // namespace rollcall::sim
