/// The configuration of rollcall-agent.
///
///   listen: 0.0.0.0:2224            # default
///   key_file: agent.key             # required; the same 64 hex digits as the nameserver's
///   scripts_path: /etc/init.d       # the folder of `script:` services
///   time_limit: 60s                 # of one restart
///   services:                       # the allow-list: the names that may be asked for
///     apache: {unit: apache2.service}   # systemctl restart apache2.service
///     fasttrack:
///       script: fasttrack               # SCRIPTS_PATH/fasttrack stop, then start
///       pid_file: /run/fasttrack.pid    # optional: of the process to watch
///   floating, forward:              # node_options.hpp
#pragma once

#include <map>
#include <optional>
#include <string>

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

struct AgentOptions {
  Endpoint listen;
  std::string key_file;
  Duration time_limit = std::chrono::seconds(60);
  std::map<std::string, ServiceOptions> services;
  takeover::NodeRights rights;
};

struct ParsedAgentOptions {
  std::optional<AgentOptions> options;
  Diagnostics diagnostics;
};

ParsedAgentOptions parse_agent_options(const std::string& text, const std::string& file);

}  // namespace rollcall::agent
