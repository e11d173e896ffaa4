/// The world's agents: restarts, and replies that come, come twice or never.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.hpp"

namespace rollcall::sim {

using namespace std::chrono_literals;
using pool::OverrideKind;
using pool::State;

namespace {

constexpr Duration kReplyLimit = 90s;

}  // namespace

void World::perform(const roll::RestartService& effect) {
  ++restarts_;
  const bool by_operator = wanted_ == effect.restart;
  if (by_operator) wanted_.reset();
  note(fmt::format("restart {} in {}", effect.member.to_string(), asked_));
  EXPECT_EQ(restarts_open_[asked_]++, 0) << where() << "two restarts at once in " << asked_;
  if (!by_operator) check_restart(effect);
  restarts_asked_[{asked_, effect.member}].push_back(now_);
  // The agent mends it, fails, or takes its time.
  const bool silent = cut_ || backends_.at(effect.member).silent;
  const bool mended = !silent && random_.below(2) == 0;
  if (mended) {
    end_wires(effect.member, kEndsWithin);  // those to the old process
    revive(effect.member);
  }
  const Duration takes = std::chrono::milliseconds(100 + random_.below(60000));
  const roll::AgentReplied done{effect.restart, mended, "done"};
  switch (random_.below(20)) {
    case 0:  // its reply is lost, and we wait no longer
      return plan(now_ + kReplyLimit, roll::AgentReplied{effect.restart, false, "no reply"});
    case 1:
    case 2:  // it comes twice
      plan(now_ + takes + some(0s, 5min), done);
      break;
    case 3:  // and says something else
      plan(now_ + takes + some(0s, 5min), roll::AgentReplied{effect.restart, !mended, "again"});
      break;
    default:
      break;
  }
  plan(now_ + takes, done);
}

void World::perform(const roll::AskNode& effect) {
  const bool begins = effect.task == roll::NodeTask::take || effect.task == roll::NodeTask::forward;
  const bool frozen = begins && roster_->status(now_).frozen;
  const std::string fault = nodes_.fault(effect, frozen);
  EXPECT_EQ(fault, "") << where();
  const roll::NodeReplied reply = nodes_.perform(effect);
  plan(now_ + nodes_.delay(), reply);
}

/// Of one that no operator has asked for.
void World::check_restart(const roll::RestartService& effect) {
  const pool::Status all = roster_->status(now_);
  EXPECT_FALSE(all.frozen) << where() << "a restart for what may be our fault";
  EXPECT_FALSE(!guard_.witnesses.empty() && voters_.empty())
      << where() << "a restart before any witness has answered";
  const auto spec = std::ranges::find_if(
      pools_, [this](const auto& pool) { return pool.name.to_display() == asked_; });
  ASSERT_NE(spec, pools_.end()) << where() << asked_;
  EXPECT_FALSE(spec->observe_only) << where() << "a restart in a pool that only observes";
  EXPECT_FALSE(spec->restart.empty()) << where() << "a restart that nobody has configured";
  const auto pool = std::ranges::find(all.pools, spec->name, &pool::PoolStatus::name);
  for (const pool::MemberStatus& member : pool->members) {
    if (member.address != effect.member) continue;
    EXPECT_EQ(member.observed, State::down) << where() << "restart of a member that is not down";
    EXPECT_EQ(member.override_kind, OverrideKind::automatic)
        << where() << "restart of a member that an operator has in hand";
  }
  // The last probe may have been at the pace of before a reload.
  const Duration round = worst_case(spec->checks[0], 0);
  const Duration most = now_ < disturbed_ + kLongestRound ? kLongestRound : round;
  EXPECT_LE(now_ - refused_[effect.member], most)
      << where() << "restart of a member that asked to be left out";
  const std::vector<Instant>& before = restarts_asked_[{asked_, effect.member}];
  if (before.empty()) return;
  EXPECT_GE(now_ - before.back(), 5min) << where() << "two restarts within 5 minutes";
  if (before.size() < 3) return;
  EXPECT_GE(now_ - before[before.size() - 3], 1h) << where() << "four restarts within an hour";
}

}  // namespace rollcall::sim
