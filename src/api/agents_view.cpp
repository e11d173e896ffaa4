#include "api/agents_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/printable.hpp"
#include "core/printable_json.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;

std::int64_t to_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

json::value age_or_null(const std::optional<Duration>& age) {
  return age ? json::value(to_ms(*age)) : json::value(nullptr);
}

json::object object_of(const AgentServiceView& service) {
  return {{"name", service.name},
          {"how", service.how},
          {"restarting", service.restarting},
          {"last", service.last},
          {"last_ok", service.last_ok},
          {"ended_ms", age_or_null(service.ended)}};
}

json::object object_of(const AgentView& agent) {
  json::array services;
  for (const AgentServiceView& service : agent.services) services.push_back(object_of(service));
  json::array load;
  for (const double one : agent.load) load.emplace_back(std::round(one * 100) / 100);
  json::array floating;
  json::array forwards;
  for (const AgentStandinView& one : agent.standins) {
    json::object shown{{"asked_by", one.asked_by}, {"for_ms", age_or_null(one.age)}};
    if (one.address) {
      shown["address"] = one.address->to_string();
      floating.push_back(std::move(shown));
    } else if (one.to) {
      shown["service"] = one.service;
      shown["to"] = one.to->to_string();
      forwards.push_back(std::move(shown));
    }
  }
  return {{"node", agent.node.to_string()},
          {"address", agent.at.to_string()},
          {"reachable", agent.reachable ? json::value(*agent.reachable) : json::value(nullptr)},
          {"problem", agent.problem},
          {"since_ms", to_ms(agent.since)},
          {"seen_ms", age_or_null(agent.seen)},
          {"version", agent.version},
          {"state", agent.state},
          {"weight", agent.weight},
          {"said", agent.said},
          {"node_problem", agent.node_problem},
          {"load", std::move(load)},
          {"key", agent.key},
          {"services", std::move(services)},
          {"floating", std::move(floating)},
          {"forwards", std::move(forwards)}};
}

// ---- for people ----

std::string line_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return printable(std::string_view(value->get_string()));
}

/// "2m", "3h"; nothing where there is no number.
std::string age_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return {};
  const auto s = static_cast<std::int64_t>(value->to_number<double>() / 1000);
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m", s / 60);
  if (s < 86400) return fmt::format("{}h", s / 3600);
  return fmt::format("{}d", s / 86400);
}

std::string reach_of(const json::object& agent) {
  const json::value* reachable = agent.if_contains("reachable");
  const std::string since = age_at(agent, "since_ms");
  if (reachable == nullptr || !reachable->is_bool()) return "not asked yet";
  if (reachable->get_bool()) return "reachable for " + since;
  return fmt::format("NOT REACHABLE for {}: {}", since, line_at(agent, "problem"));
}

std::string load_of(const json::object& agent) {
  const json::value* load = agent.if_contains("load");
  std::string text;
  if (load == nullptr || !load->is_array()) return text;
  for (const json::value& one : load->get_array()) {
    if (one.is_number()) text += fmt::format(" {:.2f}", one.to_number<double>());
  }
  return text.empty() ? text : ", load" + text;
}

std::string service_line(const json::object& service) {
  const json::value* restarting = service.if_contains("restarting");
  const bool runs = restarting != nullptr && restarting->is_bool() && restarting->get_bool();
  std::string line = fmt::format("  {} ({})", line_at(service, "name"), line_at(service, "how"));
  const std::string last = line_at(service, "last");
  if (runs) line += ": being restarted";
  if (last.empty()) return line + (runs ? "" : ": not restarted yet");
  return line +
         fmt::format("{} {}, {} ago", runs ? "; before:" : ":", last, age_at(service, "ended_ms"));
}

/// ", asked by ns1 2m ago"
std::string order_of(const json::object& standin) {
  const std::string by = line_at(standin, "asked_by");
  const std::string age = age_at(standin, "for_ms");
  return by.empty() ? ", since before the agent started"
                    : fmt::format(", asked by {} {} ago", by, age);
}

std::string standin_lines(const json::object& agent) {
  std::string text;
  for (const char* kind : {"floating", "forwards"}) {
    const json::value* list = agent.if_contains(kind);
    if (list == nullptr || !list->is_array()) continue;
    for (const json::value& one : list->get_array()) {
      if (!one.is_object()) continue;
      const json::object& standin = one.get_object();
      const std::string address = line_at(standin, "address");
      text += address.empty() ? fmt::format("  leads the port of {} to {}",
                                            line_at(standin, "service"), line_at(standin, "to"))
                              : fmt::format("  has {}", address);
      text += order_of(standin) + "\n";
    }
  }
  return text;
}

std::string agent_text(const json::object& agent) {
  std::string text = fmt::format("{}  {}\n", line_at(agent, "address"), reach_of(agent));
  const std::string key = line_at(agent, "key");
  if (age_at(agent, "seen_ms").empty()) {
    return key.empty() ? text : text + fmt::format("  key {}\n", key);
  }
  const json::value* weight = agent.if_contains("weight");
  text += fmt::format("  version {}, key {}, {}, weight {} %{}, {} ago\n",
                      line_at(agent, "version"), key, line_at(agent, "state"),
                      weight != nullptr && weight->is_number() ? weight->to_number<int>() : 0,
                      load_of(agent), age_at(agent, "seen_ms"));
  const std::string said = line_at(agent, "said");
  if (!said.empty()) text += fmt::format("  says \"{}\"\n", said);
  const std::string problem = line_at(agent, "node_problem");
  if (!problem.empty()) text += fmt::format("  {}\n", problem);
  text += standin_lines(agent);
  const json::value* services = agent.if_contains("services");
  if (services == nullptr || !services->is_array()) return text;
  for (const json::value& service : services->get_array()) {
    if (service.is_object()) text += service_line(service.get_object()) + "\n";
  }
  return text;
}

}  // namespace

std::string agents_reply(const std::vector<AgentView>& agents) {
  json::array shown;
  for (const AgentView& agent : agents) shown.push_back(object_of(agent));
  return printable_json(json::object{{"ok", true}, {"agents", std::move(shown)}});
}

std::string agents_text(const json::array& agents) {
  std::string text;
  for (const json::value& agent : agents) {
    if (agent.is_object()) text += agent_text(agent.get_object());
  }
  if (text.empty()) return "no agents: neither keys nor pools with restart are configured";
  text.pop_back();
  return text;
}

}  // namespace rollcall::api
