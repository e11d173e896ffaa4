/// The world's operator: what is said, and whether it holds.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.hpp"

namespace rollcall::sim {

using pool::OverrideKind;

/// An operator: mostly of one member, now and then of everything.
void World::speak() {
  if (random_.below(8) == 0) return want_restart();
  if (random_.below(4) != 0) return override_somebody();
  if (random_.below(2) == 0) {
    believed_ = true;
    step(pool::ThawWanted{});
    ASSERT_FALSE(was_frozen_) << where() << "an operator has spoken";
    return;
  }
  pool::NormalWanted wanted{.on = !normal_, .lasts = {}};
  if (wanted.on && random_.below(2) == 0)
    wanted.lasts = std::chrono::seconds(1 + random_.below(300));
  normal_ = wanted.on;
  normal_until_ = wanted.lasts ? std::optional(now_ + *wanted.lasts) : std::nullopt;
  step(wanted);
}

void World::override_somebody() {
  const pool::Status status = roster_->status(now_);
  if (status.pools.empty()) return;
  const auto& pool = status.pools[random_.below(static_cast<std::uint32_t>(status.pools.size()))];
  const auto& one = pool.members[random_.below(static_cast<std::uint32_t>(pool.members.size()))];
  pool::OverrideWanted wanted{
      .members = {one.address},
      .kind = static_cast<OverrideKind>(random_.below(4)),
      .force = random_.below(4) == 0,
  };
  const bool by_name = !one.exchange.empty() && (one.elsewhere || random_.below(2) == 0);
  if (by_name) wanted.members = {*dns::Name::parse(one.exchange)};
  if (random_.below(2) == 0) wanted.pool = pool.name;
  if (random_.below(2) == 0) wanted.lasts = std::chrono::seconds(1 + random_.below(300));
  named_.clear();
  word_ = {.kind = wanted.kind,
           .until = wanted.lasts ? std::optional(now_ + *wanted.lasts) : std::nullopt};
  for (const pool::PoolStatus& other : status.pools) {
    if (wanted.pool && other.name != *wanted.pool) continue;
    for (const pool::MemberStatus& member : other.members) {
      // A name is that of an exchange, or of a pool with all its members.
      const bool named = by_name ? member.exchange == one.exchange ||
                                       other.name == std::get<dns::Name>(wanted.members[0])
                                 : member.address == one.address;
      if (named) named_.emplace_back(other.name.to_display(), member.exchange, member.address);
    }
  }
  const std::uint64_t done = overrides_;
  step(wanted);
  const bool takes =
      wanted.kind == OverrideKind::drained || wanted.kind == OverrideKind::forced_down;
  if (overrides_ == done || !takes || wanted.force) return;
  const pool::Status after = roster_->status(now_);
  for (std::size_t p = 0; p < status.pools.size(); ++p) {
    if (status.pools[p].observe_only) continue;  // all down or not, it is answered
    ASSERT_TRUE(status.pools[p].all_down || !after.pools[p].all_down)
        << where() << "the last live member of " << status.pools[p].name.to_display() << " is gone";
  }
}

void World::perform(const roll::CommandDone& effect) {
  note((effect.ok ? "done: " : "refused: ") + effect.text);
  if (!effect.ok) {
    ++refused_overrides_;
    ASSERT_TRUE(word_.kind != OverrideKind::forced_up) << where() << effect.text;
  } else {
    ++overrides_;
    for (const Member& member : named_) said_[member] = word_;
  }
  named_.clear();
}

/// An operator's word is enough for a restart, but where its pool has one under way.
void World::want_restart() {
  const pool::Status status = roster_->status(now_);
  if (status.pools.empty()) return;
  const auto& pool = status.pools[random_.below(static_cast<std::uint32_t>(status.pools.size()))];
  const auto& one = pool.members[random_.below(static_cast<std::uint32_t>(pool.members.size()))];
  if (one.elsewhere) return;
  wanted_ = roster_->next_restart_id();
  step(roll::RestartWanted{*wanted_, one.address, "service"});
  ASSERT_FALSE(wanted_) << where() << "a restart is neither begun nor refused";
}

void World::perform(const roll::RestartRefused& effect) {
  ASSERT_EQ(effect.restart, wanted_) << where();
  wanted_.reset();
  note(effect.reason);
  ASSERT_TRUE(std::ranges::any_of(restarts_open_, [](const auto& open) { return open.second > 0; }))
      << where() << effect.reason;
}

/// An override is in force from the operator's word to its end, and no longer.
void World::check_overrides(const pool::PoolStatus& pool) {
  std::erase_if(said_, [&](const auto& said) {
    const Said& its = said.second;
    return its.kind == OverrideKind::automatic || (its.until && *its.until <= now_);
  });
  const std::string name = said_.empty() ? std::string() : pool.name.to_display();
  for (const pool::MemberStatus& member : pool.members) {
    Said wanted = {};
    for (const auto& [who, said] : said_) {
      const auto& [its_pool, exchange, address] = who;
      const bool same =
          address == member.address && exchange == member.exchange && its_pool == name;
      if (same) wanted = said;
    }
    ASSERT_EQ(member.override_kind, wanted.kind)
        << where() << pool.name.to_display() << " " << member.address.to_string();
    const auto left = wanted.until ? std::optional(*wanted.until - now_) : std::nullopt;
    ASSERT_EQ(member.override_left, left) << where() << member.address.to_string();
  }
}

}  // namespace rollcall::sim
