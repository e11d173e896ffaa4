/// Reads and checks everything that rollcalld reads at its start, without a server.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/zone_pools.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "dns/name.hpp"
#include "zone/load.hpp"

namespace rollcall::app {

/// In seconds. With a longer TTL, clients keep a dead address for longer than people wait.
inline constexpr std::uint32_t kLongPoolTtl = 60;

/// The place of a pool in the configuration.
SourcePosition place_of(const dns::Name& pool, const config::Options& options);

using LoadedZones = std::span<const zone::Zone* const>;

/// Compares the configuration with the zones. All differences are warnings, because a zone changes
/// without the configuration: members that are not in their pool, with the nearest one that is;
/// pools without anything to probe or with a long TTL; exchanges that cannot be probed.
/// @param pools of `options`
/// @param zones all or some; exchanges in other zones are not looked up
Diagnostics check_pools(const config::Options& options, const ZonePools& pools, LoadedZones zones);

struct CheckedFiles {
  Diagnostics diagnostics;           // of all files
  std::vector<std::string> summary;  // a line for each good zone
};

CheckedFiles check_files(const std::string& config_file);

/// Prints the messages on stderr and the summary on stdout, or with `as_json` one reply as on the
/// control socket.
/// @return the exit code: 0, or 1 where there are errors
int run_check(const std::string& config_file, bool as_json = false);

/// `rollcallctl checkzone`: one zone file, with the messages of named-checkzone.
int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json = false);

}  // namespace rollcall::app
