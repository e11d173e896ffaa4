#include "config/options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "config/sections.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::config {

std::optional<dns::Name> read_domain(const yaml::Value& place, const std::string& text) {
  if (text == "@") {
    place.plain_error("\"@\" is not a domain name here: there is no origin");
    return std::nullopt;
  }
  Result<dns::Name> name = dns::Name::parse(text);
  if (name) return *name;
  place.plain_error(name.error().message);
  return std::nullopt;
}

std::optional<IpAddress> read_address(const yaml::Value& place, const std::string& text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address) place.plain_error(fmt::format("{} is not an IP address", yaml::in_quotes(text)));
  return address;
}

std::optional<unsigned> read_percent(const yaml::Value& value) {
  const std::optional<std::string> text = value.text();
  if (!text) return std::nullopt;
  unsigned percent = 0;
  const char* end = text->data() + text->size();
  const auto [rest, failure] = std::from_chars(text->data(), end, percent);
  const std::string_view unit(rest, end);
  if (failure == std::errc{} && percent <= 100 && (unit == "%" || unit == " %")) return percent;
  value.error(
      fmt::format("must be a share from 0% to 100%, such as 30%, not {}", yaml::in_quotes(*text)));
  return std::nullopt;
}

bool read_switch(const yaml::Value& value, bool otherwise) {
  static constexpr std::string_view kWords[]{"on", "true", "yes", "off", "false", "no"};
  const auto at = value.one_of("switch", kWords);
  return at ? *at < 3 : otherwise;
}

FileOption read_file_option(const std::optional<yaml::Value>& value) {
  return value ? FileOption{value->file_path().value_or(""), value->where()} : FileOption{};
}

ParsedOptions parse_options(const std::string& text, const std::string& file,
                            ServicePort service_port) {
  yaml::Report report(file);
  Options options;
  options.file = file;
  if (const std::optional<yaml::Value> root = yaml::read_document(text, report)) {
    const yaml::Section top(root, {"server", "control", "keys", "zones", "checks", "health",
                                   "pools", "take_over", "agents", "alerts"});
    read_server(top.find("server"), options.server);
    read_control(top.find("control"), options.control);
    options.keys = read_keys(top.find("keys"));
    options.zones = read_zones(top.need("zones"), options.keys);
    CheckTable checks = read_checks(top.find("checks"), service_port);
    const bool can_restart = read_agents(top.find("agents"), options.agents);
    read_health(top.find("health"), checks, options.health);
    read_pools(top.find("pools"), {options.zones, checks, can_restart, options.health.observe_only},
               options);
    read_take_over(top.find("take_over"), can_restart, options);
    warn_of_unused(checks);
    read_alerts(top.find("alerts"), options.alerts);
  }
  ParsedOptions parsed;
  if (!report.has_errors()) parsed.options = std::move(options);
  parsed.diagnostics = report.take();
  return parsed;
}

}  // namespace rollcall::config
