/// Daemon: what the agents say of their nodes.
#include "api/agents_view.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {
namespace {

api::AgentServiceView view_of(const std::string& name, const agent_link::ServiceStatus& service,
                              Duration since_seen) {
  api::AgentServiceView view{.name = name,
                             .how = service.kind + " " + service.target,
                             .restarting = service.restarting,
                             .last = {},
                             .ended = {}};
  if (!service.last) return view;
  view.last = agent_link::result_text(*service.last);
  view.last_ok = service.last->ok;
  view.ended = since_seen + std::chrono::duration_cast<Duration>(
                                std::chrono::duration<double>(service.last_age));
  return view;
}

std::vector<api::AgentStandinView> standins_of(const agent_link::AgentStatus& status,
                                               Duration since_seen) {
  std::vector<api::AgentStandinView> views;
  const auto add = [&](const agent_link::StandinStatus& standin) -> api::AgentStandinView& {
    views.push_back({.to = standin.to, .asked_by = standin.asked_by});
    if (standin.age) {
      views.back().age = since_seen + std::chrono::duration_cast<Duration>(
                                          std::chrono::duration<double>(*standin.age));
    }
    return views.back();
  };
  for (const auto& [address, standin] : status.floating) add(standin).address = address;
  for (const auto& [service, standin] : status.forwards) add(standin).service = service;
  return views;
}

}  // namespace

/// Those that have a key, and those that are asked for restarts, forwards and floating addresses.
std::set<IpAddress> Daemon::agent_nodes() const {
  std::set<IpAddress> nodes = roster_->nodes_with_agents();
  for (const pool::TakeOverSpec& spec : settings_.take_overs) {
    nodes.insert(spec.owner);
    nodes.insert(spec.takers.begin(), spec.takers.end());
  }
  if (settings_.agents.keys) {
    for (const auto& [node, key] : *settings_.agents.keys) nodes.insert(node);
  }
  return nodes;
}

void Daemon::node_said(const IpAddress& node, const agent_link::AgentStatus& status) {
  if (!stopping_) step(roll::NodeSaid{node, status.words, status.said});
}

std::string Daemon::agents() const {
  const Instant now = io::monotonic_now();
  std::vector<api::AgentView> views;
  for (const auto& [node, record] : agent_poller_.records()) {
    api::AgentView view{.node = node,
                        .at = settings_.agents.agent_of(node),
                        .reachable = record.reachable,
                        .problem = record.problem,
                        .since = now - record.since,
                        .seen = {},
                        .key = record.key};
    if (record.status) {
      const agent_link::AgentStatus& status = *record.status;
      view.seen = now - record.seen;
      view.version = status.version;
      view.state = agent_link::state_word(status.words);
      view.weight = status.weight();
      view.said = status.said;
      view.node_problem = status.problem;
      view.load.assign(status.load.begin(), status.load.end());
      view.standins = standins_of(status, *view.seen);
      for (const auto& [name, service] : status.services) {
        view.services.push_back(view_of(name, service, *view.seen));
      }
    }
    views.push_back(std::move(view));
  }
  return api::agents_reply(views);
}

}  // namespace rollcall::daemon
