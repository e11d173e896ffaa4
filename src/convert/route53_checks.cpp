#include "convert/route53_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "convert/phonax_check.hpp"
#include "core/letters.hpp"

namespace rollcall::convert {
namespace {

constexpr std::int64_t kRoute53Interval = 30;  // seconds, its default
constexpr std::int64_t kRoute53Threshold = 3;

}  // namespace

bool Route53Check::is_like(const Route53Check& other) const {
  return yaml_line(settings) == yaml_line(other.settings);
}

void Route53Checks::define(const JsonItem& item) {
  const std::string id = json_text(*item.object, "Id");
  const boost::json::object* config = json_object(*item.object, "HealthCheckConfig");
  Known known{.where = item.where, .taken_as = {}, .problem = "it has no HealthCheckConfig"};
  if (config != nullptr) {
    auto check = read(*config);
    if (check) known.check = std::move(*check);
    known.problem = check ? "" : check.error().message;
  }
  if (!known_.emplace(id, std::move(known)).second) {
    target_.left(item.where, fmt::format("health check {} is there twice", id));
  }
}

Result<Route53Check> Route53Checks::read(const boost::json::object& config) {
  constexpr std::string_view kStringMatch = "_STR_MATCH";
  std::string type = json_text(config, "Type");
  const bool matches = type.ends_with(kStringMatch);
  if (matches) type.resize(type.size() - kStringMatch.size());
  if (type != "HTTP" && type != "HTTPS" && type != "TCP") {
    return fail(fmt::format("Rollcall has no check like {}", type.empty() ? "(no Type)" : type));
  }
  if (json_is_true(config, "Inverted")) return fail("a check cannot be inverted");
  if (json_is_true(config, "Disabled")) return fail("it is disabled: always healthy");
  Route53Check check;
  check.name = lowered(type);
  check.settings.push_back({"type", check.name});
  const std::int64_t usual = type == "HTTP" ? 80 : type == "HTTPS" ? 443 : 0;
  const std::int64_t port = json_number(config, "Port").value_or(usual);
  if (port < 1 || port > 65535) return fail("it has no port");
  check.port = fmt::format("{}", port);
  check.usual_port = port == usual;
  if (type != "TCP") {
    const std::string path = json_text(config, "ResourcePath");
    if (is_check_path(path) && path != "/") check.settings.push_back({"path", path});
    const std::string host = json_text(config, "FullyQualifiedDomainName");
    if (is_check_host(host)) check.settings.push_back({"host", host});
    // Route 53 validates no certificates.
    if (type == "HTTPS") check.settings.push_back({"verify", "false"});
  }
  if (matches && is_check_text(json_text(config, "SearchString"))) {
    check.settings.push_back({"expect", literal_expect(json_text(config, "SearchString"))});
  }
  const auto interval = std::clamp<std::int64_t>(
      json_number(config, "RequestInterval").value_or(kRoute53Interval), 1, 3600);
  const auto threshold = std::clamp<std::int64_t>(
      json_number(config, "FailureThreshold").value_or(kRoute53Threshold), 1, 100);
  check.settings.push_back({"interval", fmt::format("{}s", interval)});
  check.settings.push_back({"rise", fmt::format("{}", threshold)});
  check.settings.push_back({"fall", fmt::format("{}", threshold)});
  check.address = IpAddress::parse(json_text(config, "IPAddress"));
  return check;
}

const Route53Check* Route53Checks::find(const std::string& id) const {
  const auto found = known_.find(id);
  return found != known_.end() && found->second.check ? &*found->second.check : nullptr;
}

void Route53Checks::take(const std::string& id, const std::string& name) {
  known_[id].taken_as = name;
}

void Route53Checks::report() {
  for (const auto& [id, known] : known_) {
    if (!known.taken_as.empty()) {
      target_.taken(known.where, fmt::format("health check {}: check {}", id, known.taken_as));
    } else {
      target_.left(known.where,
                   fmt::format("health check {}: {}", id,
                               known.problem.empty() ? "no record uses it" : known.problem));
    }
  }
}

}  // namespace rollcall::convert
