#include "config/options.hpp"

#include <fmt/format.h>

#include "config/sections.hpp"
#include "config/yaml_reader.hpp"

namespace rollcall::config {

std::optional<dns::Name> read_domain(const Value& place, const std::string& text) {
  if (text == "@") {
    place.plain_error("\"@\" is no domain name here; there is no origin");
    return std::nullopt;
  }
  Result<dns::Name> name = dns::Name::parse(text);
  if (name) return *name;
  place.plain_error(fmt::format("{} is no domain name: {}", quoted(text), name.error().message));
  return std::nullopt;
}

std::optional<IpAddress> read_address(const Value& place, const std::string& text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address) place.plain_error(fmt::format("{} is no IP address", quoted(text)));
  return address;
}

ParsedOptions parse_options(const std::string& text, const std::string& file,
                            ServicePort service_port) {
  Report report(file);
  Options options;
  options.file = file;
  if (const std::optional<Value> root = read_document(text, report)) {
    const Section top(
        root, {"server", "control", "keys", "zones", "checks", "pools", "agents", "alerts"});
    read_server(top.find("server"), options.server);
    read_control(top.find("control"), options.control);
    options.keys = read_keys(top.find("keys"));
    options.zones = read_zones(top.need("zones"), options.keys);
    CheckTable checks = read_checks(top.find("checks"), service_port);
    const bool can_restart = read_agents(top.find("agents"), options.agents);
    read_pools(top.find("pools"), {options.zones, checks, can_restart}, options);
    warn_of_unused(checks);
    read_alerts(top.find("alerts"), options);
  }
  ParsedOptions parsed;
  if (!report.has_errors()) parsed.options = std::move(options);
  parsed.diagnostics = report.take();
  return parsed;
}

}  // namespace rollcall::config
