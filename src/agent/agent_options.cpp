#include "agent/agent_options.hpp"

#include <fmt/format.h>

#include <array>

#include "agent/node_options.hpp"
#include "core/service_name.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kDefaultPort = 2224;  // as in the example of the older failover-server

/// A unit is an argument of systemctl, and a script is the name of a file: neither may look like an
/// option or lead out of its folder, so both follow the rule for names of services.
std::optional<std::string> read_target(const std::optional<yaml::Value>& value) {
  if (!value) return std::nullopt;
  std::optional<std::string> name = value->text();
  if (name && !is_service_name(*name)) {
    value->error(fmt::format(
        "must begin with a letter or digit and contain only letters, digits and \"-_.@\", not {}",
        yaml::in_quotes(*name)));
    return std::nullopt;
  }
  return name;
}

/// Systemd asks polkit whether a user may restart a unit; nobody could be asked about a script.
std::string needs_root(const AgentOptions& options) {
  return fmt::format("needs root, but user is {}: use \"systemd\", or run the agent as root",
                     yaml::in_quotes(options.user));
}

/// The systemd unit of a service, under its name of today or its old one.
std::optional<yaml::Value> find_unit(const yaml::Section& section) {
  std::optional<yaml::Value> unit = section.find("systemd");
  std::optional<yaml::Value> old = section.find("unit");
  if (!old) return unit;
  if (unit) {
    old->error("is the old name of \"systemd\"; use one of them");
  } else {
    old->warning("is the old name of \"systemd\", and goes on working");
  }
  return old;
}

void read_service(const yaml::Entry& entry, AgentOptions& options) {
  if (!is_service_name(entry.key)) {
    entry.key_place.plain_error(fmt::format(
        "invalid service name {}: use letters, digits and \"-_.@\", with a letter or digit first",
        yaml::in_quotes(entry.key)));
  }
  const yaml::Section section(entry.value, {"systemd", "script", "pid_file", "unit"});
  const std::optional<yaml::Value> unit = find_unit(section);
  const std::optional<yaml::Value> script = section.find("script");
  const std::optional<yaml::Value> pid_file = section.find("pid_file");
  if (unit && script) {
    entry.value.error("has both \"systemd\" and \"script\"; use one of them");
    return;
  }
  if (!unit && !script) {
    entry.value.error("needs the key \"systemd\" or \"script\"");
    return;
  }
  if (script && options.is_unprivileged()) {
    script->error(needs_root(options));
    return;
  }
  const std::optional<std::string> target = read_target(unit ? unit : script);
  if (!target) return;
  ServiceOptions service;
  if (unit) {
    service.unit = *target;
  } else {
    service.script = options.scripts_path + "/" + *target;
  }
  if (pid_file && unit) {
    pid_file->error("cannot be used with \"systemd\": systemd knows the process");
  } else if (pid_file) {
    service.pid_file = pid_file->file_path().value_or("");
  }
  service.where = entry.key_place.where();
  options.services.emplace(entry.key, std::move(service));
}

bool read_flag(const yaml::Value& value) {
  static constexpr std::array<std::string_view, 6> kWords{"on",  "true",  "yes",
                                                          "off", "false", "no"};
  const auto word = value.one_of("switch", kWords);
  return word && *word < 3;
}

void read_services(const yaml::Section& top, AgentOptions& options) {
  if (const auto value = top.find("scripts_path")) {
    options.scripts_path = value->file_path().value_or(options.scripts_path);
    if (options.scripts_path.ends_with('/')) options.scripts_path.pop_back();
  }
  if (const auto value = top.find("any_script")) {
    options.any_script = read_flag(*value);
    options.any_script_at = value->where();
    if (options.any_script && options.is_unprivileged()) value->error(needs_root(options));
  }
  const std::optional<yaml::Value> services =
      options.any_script ? top.find("services") : top.need("services");
  if (!services) return;
  const std::vector<yaml::Entry> entries = services->entries();
  if (entries.empty() && services->is_nothing() && !options.any_script)
    services->warning("is empty: no service can be restarted");
  for (const yaml::Entry& entry : entries) read_service(entry, options);
}

/// The services that a nameserver may ask for: names of the allow-list.
std::set<std::string, std::less<>> read_granted(const yaml::Value& list,
                                                const AgentOptions& options) {
  std::vector<std::string> known;
  known.reserve(options.services.size());
  for (const auto& [name, service] : options.services) known.push_back(name);
  std::set<std::string, std::less<>> granted;
  for (const yaml::Value& item : list.list()) {
    const std::optional<std::string> name = item.text();
    if (!name) continue;
    if (!options.services.contains(*name) && !options.any_script) {
      item.plain_error(fmt::format("{}: {} is not one of the services{}", item.path(),
                                   yaml::in_quotes(*name), yaml::did_you_mean(*name, known)));
      continue;
    }
    if (!granted.insert(*name).second) item.error("lists " + yaml::in_quotes(*name) + " twice");
  }
  return granted;
}

void read_keys(const yaml::Section& top, AgentOptions& options) {
  const auto keys = top.find("keys");
  const auto key_file = top.find("key_file");
  if (key_file) {
    options.key_file = key_file->file_path().value_or("");
    options.key_file_where = key_file->where();
    key_file->warning(
        "is the older form: one key that opens every node that has it; use \"keys\" and a key for "
        "each node (rollcallctl keygen agent ADDRESS)");
  } else if (!keys) {
    static_cast<void>(top.need("keys"));
  }
  if (!keys) return;
  for (const yaml::Entry& entry : keys->entries()) {
    if (!is_service_name(entry.key)) {
      entry.key_place.plain_error(fmt::format(
          "invalid name {}: use letters, digits and \"-_.@\", with a letter or digit first",
          yaml::in_quotes(entry.key)));
    }
    const yaml::Section section(entry.value, {"file", "services", "floating", "forward"});
    KeyOptions key{.name = entry.key, .file = {}, .services = {}, .where = entry.key_place.where()};
    if (const auto file = section.need("file")) key.file = file->file_path().value_or("");
    if (const auto services = section.find("services")) {
      key.services = read_granted(*services, options);
    }
    if (const auto floating = section.find("floating")) {
      key.floating = read_granted_addresses(*floating, options.rights);
    }
    if (const auto forward = section.find("forward")) {
      key.forward = read_granted_ports(*forward, options.rights);
    }
    options.keys.push_back(std::move(key));
  }
}

}  // namespace

ParsedAgentOptions parse_agent_options(const std::string& text, const std::string& file) {
  yaml::Report report(file);
  AgentOptions options;
  options.listen = *Endpoint::parse("0.0.0.0", kDefaultPort);
  if (const std::optional<yaml::Value> root = yaml::read_document(text, report)) {
    const yaml::Section top(
        root, {"listen", "keys", "key_file", "user", "scripts_path", "any_script", "time_limit",
               "state_file", "services", "floating", "forward"});
    if (const auto value = top.find("listen")) {
      options.listen = value->endpoint(kDefaultPort).value_or(options.listen);
    }
    if (const auto value = top.find("user")) {
      options.user = value->text().value_or("");
      options.user_at = value->where();
    }
    if (const auto value = top.find("time_limit")) {
      options.time_limit = value->duration(1s, 1h).value_or(options.time_limit);
    }
    if (const auto value = top.find("state_file")) {
      options.state_file = value->file_path().value_or("");
    }
    read_services(top, options);
    options.rights = read_node_rights(top);
    for (const std::string_view key : {"floating", "forward"}) {
      const auto value = top.find(key);
      if (value && options.is_unprivileged()) value->error(needs_root(options));
    }
    read_keys(top, options);
  }
  ParsedAgentOptions parsed;
  if (!report.has_errors()) parsed.options = std::move(options);
  parsed.diagnostics = report.take();
  return parsed;
}

}  // namespace rollcall::agent
