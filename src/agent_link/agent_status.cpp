#include "agent_link/agent_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/printable.hpp"
#include "core/service_name.hpp"

namespace rollcall::agent_link {

namespace {

namespace json = boost::json;

constexpr unsigned kWhole = 100;           // percent
constexpr std::size_t kShownOutput = 256;  // octets of the output of a last restart
constexpr std::size_t kStatusDepth = 8;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return printable(std::string_view(value->get_string()).substr(0, kMaxStatusText));
}

double number_of(const json::value* value) {
  if (value == nullptr || !value->is_number()) return 0;
  const double number = value->to_number<double>();
  return std::isfinite(number) ? number : 0;
}

double in_cents(double number) {
  return std::round(number * 100) / 100;
}

bool flag_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::string end_of(const std::string& text, std::size_t size) {
  return text.size() <= size ? text : text.substr(text.size() - size);
}

json::value last_of(const ServiceStatus& service) {
  if (!service.last) return nullptr;
  RestartReport shown = *service.last;
  shown.output = end_of(shown.output, kShownOutput);
  return to_json(shown);
}

ServiceStatus read_service(const json::object& object) {
  ServiceStatus service;
  for (const char* kind : {"unit", "script"}) {
    if (!object.contains(kind)) continue;
    service.kind = kind;
    service.target = text_at(object, kind);
  }
  service.restarting = flag_at(object, "restarting");
  service.last_age = number_of(object.if_contains("age"));
  const json::value* last = object.if_contains("last");
  if (last == nullptr || !last->is_object()) return service;
  if (auto report = read_restart_report(last->get_object())) {
    report->output = end_of(report->output, kShownOutput);
    report->error.resize(std::min(report->error.size(), kMaxStatusText));
    service.last = std::move(*report);
  }
  return service;
}

json::object object_of(const StandinStatus& standin) {
  json::object object{{"asked_by", standin.asked_by}};
  if (standin.to) object["to"] = standin.to->to_string();
  if (standin.age) object["age"] = std::round(*standin.age);
  return object;
}

StandinStatus read_standin(const json::object& object) {
  StandinStatus standin{.asked_by = text_at(object, "asked_by"),
                        .to = IpAddress::parse(text_at(object, "to"))};
  if (object.contains("age")) standin.age = number_of(object.if_contains("age"));
  return standin;
}

/// What cannot be read is left out.
void read_standins(const json::object& object, AgentStatus& status) {
  const json::value* floating = object.if_contains("floating");
  if (floating != nullptr && floating->is_object()) {
    for (const auto& [name, one] : floating->get_object()) {
      const auto address = IpAddress::parse({name.data(), name.size()});
      if (!address || !one.is_object() || status.floating.size() >= kMaxStatusStandins) continue;
      status.floating.emplace(*address, read_standin(one.get_object()));
    }
  }
  const json::value* forwards = object.if_contains("forwards");
  if (forwards == nullptr || !forwards->is_array()) return;
  for (const json::value& one : forwards->get_array()) {
    if (!one.is_object() || status.forwards.size() >= kMaxStatusStandins) continue;
    const std::string service = text_at(one.get_object(), "service");
    StandinStatus standin = read_standin(one.get_object());
    if (standin.to && is_service_name(service))
      status.forwards.emplace(service, std::move(standin));
  }
}

}  // namespace

unsigned AgentStatus::weight() const {
  if (words.state == NodeWords::State::down || words.state == NodeWords::State::drain) return 0;
  return words.percent.value_or(kWhole);
}

std::string_view state_word(const NodeWords& words) {
  if (words.state == NodeWords::State::down) return "down";
  return words.state == NodeWords::State::drain ? "drain" : "up";
}

json::object to_json(const AgentStatus& status) {
  json::object services;
  for (const auto& [name, service] : status.services) {
    json::object shown{{service.kind, service.target},
                       {"restarting", service.restarting},
                       {"last", last_of(service)}};
    if (service.last) shown["age"] = std::round(service.last_age);
    services[name] = std::move(shown);
  }
  const bool down = status.words.state == NodeWords::State::down;
  const bool drain = status.words.state == NodeWords::State::drain;
  json::object object{{"version", status.version},
                      {"health", down ? "down" : "up"},
                      {"weight", status.weight()},
                      {"drain", drain}};
  if (!status.said.empty()) object["said"] = status.said;
  if (!status.problem.empty()) object["problem"] = status.problem;
  object["load"] = {in_cents(status.load[0]), in_cents(status.load[1]), in_cents(status.load[2])};
  object["key"] = status.key;
  object["services"] = std::move(services);
  if (!status.floating.empty()) {
    json::object& floating = object["floating"].emplace_object();
    for (const auto& [address, one] : status.floating) {
      floating[address.to_string()] = object_of(one);
    }
  }
  if (!status.forwards.empty()) {
    json::array& forwards = object["forwards"].emplace_array();
    for (const auto& [service, one] : status.forwards) {
      json::object shown = object_of(one);
      shown["service"] = service;
      forwards.push_back(std::move(shown));
    }
  }
  object["watches"] = status.watches;
  return object;
}

Result<AgentStatus> read_agent_status(std::string_view body) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kStatusDepth;
  const json::value value = json::parse({body.data(), body.size()}, error, {}, options);
  if (error) return fail(fmt::format("not JSON: {}", error.message()));
  if (!value.is_object()) return fail("not a JSON object");
  const json::object& object = value.get_object();
  const json::value* services = object.if_contains("services");
  if (services == nullptr || !services->is_object()) {
    return fail("\"services\" is missing or not an object");
  }
  AgentStatus status;
  status.version = text_at(object, "version");
  status.said = text_at(object, "said");
  status.problem = text_at(object, "problem");
  status.key = text_at(object, "key");
  status.watches =
      static_cast<std::size_t>(std::clamp(number_of(object.if_contains("watches")), 0.0, 1e6));
  const json::value* health = object.if_contains("health");
  const double weight =
      object.contains("weight") ? number_of(object.if_contains("weight")) : kWhole;
  const auto percent = static_cast<std::uint8_t>(std::clamp(weight, 0.0, double{kWhole}));
  status.words.state = NodeWords::State::up;
  if (flag_at(object, "drain") || percent == 0) status.words.state = NodeWords::State::drain;
  if (health != nullptr && *health == "down") status.words.state = NodeWords::State::down;
  if (percent != 0 && percent != kWhole) status.words.percent = percent;
  if (const json::value* load = object.if_contains("load"); load != nullptr && load->is_array()) {
    const json::array& loads = load->get_array();
    for (std::size_t i = 0; i < std::min(status.load.size(), loads.size()); ++i) {
      status.load[i] = number_of(&loads[i]);
    }
  }
  read_standins(object, status);
  for (const auto& [name, service] : services->get_object()) {
    if (status.services.size() >= kMaxStatusServices) break;
    const std::string_view key(name.data(), name.size());
    if (!is_service_name(key) || !service.is_object()) continue;
    status.services.emplace(key, read_service(service.get_object()));
  }
  return status;
}

}  // namespace rollcall::agent_link
