/// A configured zone: one value from the configuration to the loader, immutable and shared, because
/// tens of thousands of them are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/instant.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::zone {

/// The least serial that is published.
enum class SerialPolicy : std::uint8_t {
  file,      // the zone file's serial
  unixtime,  // the seconds since 1970
  date,      // YYYYMMDD00 of today, UTC
};

inline constexpr Duration kSecondaryLag = std::chrono::seconds(60);

struct ZoneSpec {
  dns::StoredName origin;
  std::string file;  // as it is read, and named in messages; of a transferred zone: only named
  /// Owner names whose A and AAAA RRsets are watched: pools of this zone and of none below it.
  std::vector<dns::Name> pools = {};
  std::vector<dns::Name> mx_pools = {};  // the same, whose MX RRset is
  SourcePosition named_at = {};          // the place that names `file`; empty: none
  SerialPolicy serial_policy = SerialPolicy::file;
  TransferPolicy transfer = {};
  bool watch = false;                      // loaded again when its files change
  Duration secondary_lag = kSecondaryLag;  // a secondary that is behind for longer is told
  UpdatePolicy update = {};
};

using ZoneSpecPtr = std::shared_ptr<const ZoneSpec>;

}  // namespace rollcall::zone
