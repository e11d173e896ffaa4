/// Zone file text to an immutable zone: parse, build, check.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/diagnostic.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "zone/zone.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::zone {

/// Gives the text of the zone's own file, and of a file named by $INCLUDE. The path is passed as
/// written; the function resolves relative ones.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Called between entries and between generated records: true where the zone is no longer wanted.
using Cancelled = std::function<bool()>;

/// The place that configures a pool, where a mistake in the pool is corrected.
using PoolPlace = std::function<SourcePosition(const dns::Name& pool)>;

struct LoadReport {
  std::shared_ptr<const Zone> zone;  // null where `diagnostics` has errors
  Diagnostics diagnostics;  // in file order; parse errors at most kMaxParseErrors (source.hpp)
};

inline constexpr std::size_t kMaxIncludeDepth = 8;  // a loop of $INCLUDE must end

// One for each customer is many; files that include each other twice would be read 2^7 times.
inline constexpr std::size_t kMaxIncludes = 10'000;

/// Never throws for any content of a file.
/// @param cancelled empty: never
/// @param place_of empty: messages about a pool name the zone's file
/// @return where the load was cancelled, no zone and an error that says so
LoadReport load_zone(const ZoneSpec& spec, const ReadFile& read_file,
                     const Cancelled& cancelled = {}, const PoolPlace& place_of = {});

}  // namespace rollcall::zone
