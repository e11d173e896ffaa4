#include "agent_link/agent_poller.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "agent_link/agent_client.hpp"
#include "io/clock.hpp"

namespace rollcall::agent_link {

asio::awaitable<void> AgentPoller::run() {
  asio::steady_timer timer(executor_);
  Instant listed = Instant::min();
  for (;;) {
    const Instant now = io::monotonic_now();
    if (listed == Instant::min() || now - listed >= kNodesInterval) {
      list_nodes(now);
      listed = now;
    }
    start_due(now);
    const Duration next = due_.empty() ? kIdleTick : due_.begin()->first - now;
    timer.expires_after(std::clamp(next, kPollTick, kIdleTick));
    const auto [cancelled] = co_await timer.async_wait(as_value);
    if (cancelled) break;
  }
  polls_.cancel();
}

Duration AgentPoller::jittered(Duration base) {
  random_ = random_ * 1664525 + 1013904223;  // any sequence that differs from node to node will do
  return base * 9 / 10 + base / 5 * (random_ >> 16) / 65536;
}

void AgentPoller::list_nodes(Instant now) {
  const bool wanted = agents_.status_interval > Duration::zero();
  const std::set<IpAddress> nodes = wanted ? nodes_() : std::set<IpAddress>();
  std::erase_if(records_, [&](const auto& entry) { return !nodes.contains(entry.first); });
  std::erase_if(due_, [&](const auto& entry) { return !nodes.contains(entry.second); });
  for (const IpAddress& node : nodes) {
    const auto [record, fresh] = records_.try_emplace(node);
    if (fresh) record->second.since = now;
    if (fresh && !open_.contains(node)) due_.emplace(now, node);
  }
}

void AgentPoller::start_due(Instant now) {
  for (std::size_t begun = 0; begun < kPollsPerTick && open_.size() < kMaxPollsAtOnce; ++begun) {
    if (due_.empty() || due_.begin()->first > now) return;
    const IpAddress node = due_.begin()->second;
    due_.erase(due_.begin());
    open_.insert(node);
    polls_.start(poll(node));
  }
}

asio::awaitable<void> AgentPoller::poll(IpAddress node) {
  Result<AgentStatus> got = fail(kNoKey);
  if (const NamedKey* key = agents_.key_of(node)) {
    records_[node].key = key->name;
    try {
      got = co_await fetch_status(agents_.agent_of(node), *key, kStatusDeadline);
    } catch (const std::exception& error) {
      got = fail(error.what());
    }
  }
  open_.erase(node);
  if (!records_.contains(node)) co_return;  // no longer configured
  due_.emplace(io::monotonic_now() + jittered(agents_.status_interval), node);
  note(node, got);
}

void AgentPoller::note(const IpAddress& node, const Result<AgentStatus>& got) {
  AgentRecord& record = records_[node];
  const Instant now = io::monotonic_now();
  if (record.reachable != got.has_value()) {
    if (!got) {
      spdlog::warn("{}: the agent gives no status: {}", node.to_string(), got.error().message);
    } else if (record.reachable) {
      spdlog::info("{}: the agent gives its status again", node.to_string());
    }
    record.reachable = got.has_value();
    record.since = now;
  }
  record.problem = got ? std::string() : got.error().message;
  if (!got) return;
  record.status = *got;
  record.seen = now;
  told_(node, *got);
}

}  // namespace rollcall::agent_link
