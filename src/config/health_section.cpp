// health: limits and rules for all pools, and the isolation guard.
#include <fmt/format.h>

#include <algorithm>

#include "config/sections.hpp"

namespace rollcall::config {
namespace {

constexpr unsigned kMaxMembers = 1000000;  // for max_drop_from: more than one server has
constexpr unsigned kMostWires = 1'000'000;
constexpr unsigned kMostPrograms = 1000;  // each is a process, and often an interpreter
constexpr unsigned kMostProbes = 50'000;  // an address has about as many ports to probe from

void read_witness(const yaml::Value& item, CheckTable& checks, HealthOptions& options) {
  pool::GuardSpec& guard = options.guard;
  const yaml::Section section(item, {"address", "check"});
  const auto address = section.need("address");
  const auto check = section.need("check");
  const health::CheckSpec* spec = check ? find_check(*check, checks) : nullptr;
  const auto text = address ? address->text() : std::nullopt;
  const auto parsed = text ? read_address(*address, *text) : std::nullopt;
  if (!parsed || spec == nullptr) return;
  if (std::ranges::find(guard.witnesses, *parsed, &pool::WitnessSpec::address) !=
      guard.witnesses.end()) {
    address->error(fmt::format("names {} twice", parsed->to_string()));
    return;
  }
  guard.witnesses.push_back({*parsed, *spec});
  options.witness_places.push_back(item.where());
}

}  // namespace

const health::CheckSpec* find_check(const yaml::Value& value, CheckTable& checks) {
  const std::optional<std::string> name = value.text();
  if (!name) return nullptr;
  const auto found = checks.find(*name);
  if (found == checks.end()) {
    std::vector<std::string> known;
    for (const auto& [other, check] : checks) known.push_back(other);
    value.error(fmt::format("names the check {}, which is not in checks{}", yaml::in_quotes(*name),
                            yaml::did_you_mean(*name, known)));
    return nullptr;
  }
  found->second.used = true;
  return &found->second.spec;
}

void read_health(const std::optional<yaml::Value>& value, CheckTable& checks,
                 HealthOptions& options) {
  const yaml::Section section(value, {"observe_only", "witnesses", "max_drop", "max_drop_from",
                                      "max_probes", "max_programs", "max_wires"});
  if (const auto observe = section.find("observe_only")) {
    options.observe_only = read_switch(*observe, false);
  }
  if (const auto witnesses = section.find("witnesses")) {
    for (const yaml::Value& item : witnesses->list()) read_witness(item, checks, options);
  }
  if (const auto share = section.find("max_drop")) {
    options.guard.max_drop = read_percent(*share).value_or(options.guard.max_drop);
  }
  if (const auto least = section.find("max_drop_from")) {
    options.guard.max_drop_from =
        least->number(1, kMaxMembers).value_or(options.guard.max_drop_from);
  }
  if (const auto most = section.find("max_probes")) {
    options.max_probes = most->number(1, kMostProbes).value_or(1);
  }
  if (const auto most = section.find("max_programs")) {
    options.max_programs = most->number(1, kMostPrograms).value_or(1);
  }
  if (const auto most = section.find("max_wires")) {
    options.max_wires = most->number(0, kMostWires).value_or(0);
  }
}

}  // namespace rollcall::config
