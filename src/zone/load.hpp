/// Zone file text to an immutable zone: parse, build, check.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/diagnostic.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

/// Gives the text of a file that the zone names: its own, and what $INCLUDE asks for. The path is
/// as written; relative ones are the giver's to resolve.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Asked between entries and between generated records: true where nobody wants the zone any more.
using Cancelled = std::function<bool()>;

/// Where a pool was asked for: what is wrong with it is mended there.
using PoolPlace = std::function<SourcePosition(const dns::Name& pool)>;

struct LoadRequest {
  dns::Name origin;
  std::string file;                          // as named to `read_file` and in messages
  std::span<const dns::Name> pools;          // owner names whose A and AAAA RRsets are watched
  std::span<const dns::Name> mx_pools = {};  // owner names whose MX RRset is watched
  PoolPlace place_of = {};                   // empty: messages about a pool name the zone's file
  SourcePosition named_at = {};              // where the file was asked for; empty: nowhere
};

struct LoadReport {
  std::shared_ptr<const Zone> zone;  // null where `diagnostics` has errors
  Diagnostics diagnostics;  // in file order; parse errors at most kMaxParseErrors (source.hpp)
};

inline constexpr std::size_t kMaxIncludeDepth = 8;  // a loop of $INCLUDE must end

// One a customer is much; files that include each other twice would be read 2^7 times.
inline constexpr std::size_t kMaxIncludes = 10'000;

/// Never throws for anything that a file may hold.
/// @param cancelled empty: never
/// @return where it was cancelled an error that says so, and no zone
LoadReport load_zone(const LoadRequest& request, const ReadFile& read_file,
                     const Cancelled& cancelled = {});

}  // namespace rollcall::zone
