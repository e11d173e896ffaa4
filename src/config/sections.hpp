/// The sections of rollcalld's configuration, a .cpp file each. Each reader takes a value that may
/// be missing, reports errors, and keeps the default where there is one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "dns/name.hpp"
#include "health/check.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::config {

void read_server(const std::optional<yaml::Value>& value, ServerOptions& options);
void read_control(const std::optional<yaml::Value>& value, ControlOptions& options);

std::vector<KeyOptions> read_keys(const std::optional<yaml::Value>& value);

/// @param keys that secondaries and allow_transfer may name
std::vector<zone::ZoneSpec> read_zones(const std::optional<yaml::Value>& value,
                                       const std::vector<KeyOptions>& keys);

/// A check and whether it is used. A check with errors is here too, so that references to it are no
/// errors.
struct ReadCheck {
  health::CheckSpec spec;
  yaml::Value place;  // its name
  bool used = false;
};
using CheckTable = std::map<std::string, ReadCheck, std::less<>>;

CheckTable read_checks(const std::optional<yaml::Value>& value, ServicePort service_port);
void warn_of_unused(const CheckTable& checks);

/// @return true where keys_dir or key_file is given, so that restarts can be asked for
bool read_agents(const std::optional<yaml::Value>& value, AgentsOptions& options);

/// Marks the checks that are used, as read_pools does.
void read_health(const std::optional<yaml::Value>& value, CheckTable& checks,
                 HealthOptions& options);

/// The check that `value` names, marked as used; null where an error was reported.
const health::CheckSpec* find_check(const yaml::Value& value, CheckTable& checks);

/// The things that pools refer to.
struct PoolContext {
  const std::vector<zone::ZoneSpec>& zones;
  CheckTable& checks;
  bool can_restart = false;
  bool observe_only = false;  // for pools without a value of their own
};
/// Fills `pools` and `pool_places`; marks the checks that are used.
void read_pools(const std::optional<yaml::Value>& value, const PoolContext& context,
                Options& options);

/// @param can_ask agents can be asked: their key is given
void read_take_over(const std::optional<yaml::Value>& value, bool can_ask, Options& options);
/// The key `forward` of a pool whose records are read already.
void read_forward(const yaml::Value& value, bool can_ask, pool::PoolSpec& pool);

void read_alerts(const std::optional<yaml::Value>& value, AlertsOptions& options);

/// A domain name; relative and absolute spelling mean the same.
std::optional<dns::Name> read_domain(const yaml::Value& place, const std::string& text);
std::optional<IpAddress> read_address(const yaml::Value& place, const std::string& text);
/// "on" or "off", "true" or "false", "yes" or "no".
bool read_switch(const yaml::Value& value, bool otherwise);
FileOption read_file_option(const std::optional<yaml::Value>& value);
/// "30%", "30 %": 0 to 100.
std::optional<unsigned> read_percent(const yaml::Value& value);

}  // namespace rollcall::config
