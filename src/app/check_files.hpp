/// Everything that rollcalld reads at its start, read and checked without a server.
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

/// Above this a client keeps a dead address for longer than people wait. In seconds.
inline constexpr std::uint32_t kLongPoolTtl = 60;

/// Where a pool stands in the configuration.
SourcePosition place_of(const dns::Name& pool, const config::Options& options);

using LoadedZones = std::span<const zone::Zone* const>;

/// What the configuration says about zones that they do not bear out, all of it warnings, for a
/// zone changes without the configuration: members that their pool has not, with the nearest that
/// it has; pools without anything to probe or with a long TTL; exchanges that cannot be probed.
/// @param pools of `options`
/// @param zones all, or some: what an exchange's zone says that is not among them is not asked
Diagnostics check_pools(const config::Options& options, const ZonePools& pools, LoadedZones zones);

struct CheckedFiles {
  Diagnostics diagnostics;           // of all files
  std::vector<std::string> summary;  // a line for each zone that is good
};

CheckedFiles check_files(const std::string& config_file);

/// Prints the messages on stderr and the summary on stdout, or with `as_json` one reply as on the
/// control socket.
/// @return the exit code: 0, or 1 where there are errors
int run_check(const std::string& config_file, bool as_json = false);

/// `rollcallctl checkzone`: one zone file, with the words of named-checkzone.
int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json = false);

}  // namespace rollcall::app
