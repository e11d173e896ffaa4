/// The configuration of rollcall-agent.
///
///   listen: 0.0.0.0:2224            # default
///   keys:                           # the nameservers that may ask
///     ns1: {file: ns1.key}              # lines NAME HEX64: each of these keys proves ns1
///     ns2: {file: ns2.key, services: [apache]}   # which it may ask for; all by default
///   key_file: agent.key             # the older form: one key without a name, 64 hex digits
///   user: rollcall-agent            # optional: it runs as this user, without root's rights
///   scripts_path: /etc/init.d       # the folder of `script:` services
///   any_script: true                # optional: each script there may be asked for by its name
///   time_limit: 60s                 # of one restart
///   state_file: /run/rollcall/state # what the node says of itself: up, drain, down, 50%
///   services:                       # the allow-list: the names that may be asked for
///     apache: {systemd: apache2.service}   # systemctl restart apache2.service
///     fasttrack:
///       script: fasttrack               # SCRIPTS_PATH/fasttrack stop, then start
///       pid_file: /run/fasttrack.pid    # optional: of the process to watch
///   floating, forward:              # node_options.hpp
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "takeover/node_rights.hpp"

namespace rollcall::agent {

/// How one service is restarted: exactly one of `unit` and `script` is set.
struct ServiceOptions {
  std::string unit;           // a systemd unit
  std::string script;         // absolute path of an init script
  std::string pid_file;       // for a script; empty: the service cannot be watched
  SourcePosition where = {};  // of its name
};

/// A nameserver that may ask.
struct KeyOptions {
  std::string name;
  std::string file;
  std::optional<std::set<std::string, std::less<>>> services;      // nothing: all
  std::optional<std::set<IpAddress>> floating = {};                // the same of addresses
  std::optional<std::set<std::string, std::less<>>> forward = {};  // and of ports
  SourcePosition where = {};                                       // of its name
};

struct AgentOptions {
  Endpoint listen;
  std::vector<KeyOptions> keys;
  std::string key_file;  // empty: none; then there are `keys`
  SourcePosition key_file_where = {};
  std::string user;  // empty: the one that starts it
  SourcePosition user_at = {};
  std::string scripts_path = "/etc/init.d";
  bool any_script = false;
  SourcePosition any_script_at = {};
  Duration time_limit = std::chrono::seconds(60);
  std::string state_file;  // empty: none
  std::map<std::string, ServiceOptions> services;
  takeover::NodeRights rights;

  /// Whether it does without root's rights: then it can do no more than polkit lets its user do.
  bool is_unprivileged() const { return !user.empty() && user != "root"; }
};

struct ParsedAgentOptions {
  std::optional<AgentOptions> options;
  Diagnostics diagnostics;
};

ParsedAgentOptions parse_agent_options(const std::string& text, const std::string& file);

}  // namespace rollcall::agent
