/// Reads and checks everything that rollcalld reads at its start, without a server.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent_link/agent_settings.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "dns/name.hpp"
#include "setup/zone_pools.hpp"
#include "zone/load.hpp"

namespace rollcall::setup {

/// Where a pool is in the configuration.
SourcePosition place_of(const dns::Name& pool, const config::Options& options);

using LoadedZones = std::span<const zone::Zone* const>;

/// Warnings: where the configuration and the zones disagree (pool/pool_check.hpp), and probes
/// that this host cannot send; members with a service to restart whose agent has no key.
/// @param pools of `options`
/// @param zones all or some; exchanges in other zones are not looked up
Diagnostics check_pools(const config::Options& options, const ZonePools& pools,
                        const agent_link::AgentSettings& agents, LoadedZones zones);

struct CheckedFiles {
  Diagnostics diagnostics;           // of all files
  std::vector<std::string> summary;  // a line for each good zone
};

CheckedFiles check_files(const std::string& config_file);

/// Prints the messages on stderr and the summary on stdout, or with `as_json` one reply as on the
/// control socket.
/// @return the exit code: 0, or 1 if there are errors
int run_check(const std::string& config_file, bool as_json = false);

/// `rollcallctl checkzone`: one zone file, with the messages of named-checkzone.
int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json = false);

}  // namespace rollcall::setup
