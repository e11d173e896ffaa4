/// The configuration of rollcall-agent.
///
///   listen: 0.0.0.0:2224            # default
///   key_file: agent.key             # needed; the same 64 hex digits as the nameserver's
///   scripts_path: /etc/init.d       # where `script:` services live
///   time_limit: 60s                 # of one restart
///   services:                       # the allow-list: the names that may be asked for
///     apache: {unit: apache2.service}   # systemctl restart apache2.service
///     fasttrack:
///       script: fasttrack               # SCRIPTS_PATH/fasttrack stop, then start
///       pid_file: /run/fasttrack.pid    # of the process that is watched, where that is wanted
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/diagnostic.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::config {

/// How one service is restarted: exactly one of the first two is set.
struct AgentService {
  std::string unit;           // a systemd unit
  std::string script;         // absolute path of an init script
  std::string pid_file;       // of a script's service; empty: it cannot be watched
  SourcePosition where = {};  // of its name
};

struct AgentOptions {
  Endpoint listen;
  std::string key_file;
  Duration time_limit = std::chrono::seconds(60);
  std::map<std::string, AgentService> services;
};

struct ParsedAgentOptions {
  std::optional<AgentOptions> options;
  Diagnostics diagnostics;
};

ParsedAgentOptions parse_agent_options(const std::string& text, const std::string& file);

}  // namespace rollcall::config
