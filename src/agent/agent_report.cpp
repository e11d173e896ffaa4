/// AgentService: the state of the node as a client may see it.
#include <spdlog/spdlog.h>

#include "agent/agent_service.hpp"
#include "io/clock.hpp"

namespace rollcall::agent {

/// The services are those that the client may ask for.
agent_link::AgentStatus AgentService::report(const Call& call, NodeState node) {
  const Instant now = io::monotonic_now();
  if (!node.problem.empty()) {
    state_log_.note(spdlog::level::warn, options_.listen.address, "state_file", now,
                    [&] { return node.problem; });
  }
  agent_link::AgentStatus status;
  status.version = ROLLCALL_VERSION;
  status.words = node.words;
  status.said = std::move(node.said);
  status.problem = std::move(node.problem);
  status.load = load_averages();
  status.key = call.proven.name;
  status.watches = watches_.size();
  actions_.report(*call.client, now, status);
  for (const auto& [name, recipe] : options_.services) {
    if (!call.client->may_ask_for(name)) continue;
    agent_link::ServiceStatus& service = status.services[name];
    service.kind = recipe.unit.empty() ? "script" : "unit";
    service.target = recipe.unit.empty() ? recipe.script : recipe.unit;
    service.restarting = running_.contains(name);
    const auto last = last_.find(name);
    if (last == last_.end()) continue;
    service.last = last->second.report;
    service.last_age = std::chrono::duration<double>(now - last->second.ended).count();
  }
  return status;
}

}  // namespace rollcall::agent
