/// Which hosts may transfer a zone, which ones get a NOTIFY of its changes, and from which ones it
/// comes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ip_address.hpp"
#include "dns/name.hpp"

namespace rollcall::zone {

/// One entry of allow_transfer: a block of addresses or a TSIG key, not both.
struct TransferGrant {
  std::optional<IpPrefix> prefix;
  std::optional<dns::Name> key;
};

/// Gets NOTIFY and may transfer; with a key only under that key.
struct Secondary {
  Endpoint address;
  std::optional<dns::Name> key;
};

/// The zone is transferred from it, and its NOTIFY counts; with a key all of that under the key.
struct Primary {
  Endpoint address;
  std::optional<dns::Name> key;

  bool operator==(const Primary&) const = default;
};

struct TransferPolicy {
  std::vector<Secondary> secondaries;
  std::vector<TransferGrant> grants;    // in addition to the secondaries
  std::vector<Primary> primaries = {};  // tried in turn; none: the zone has a file

  bool is_transferred() const noexcept { return !primaries.empty(); }

  /// @param key the name of the TSIG key that verified the request, if any
  bool allows(const IpAddress& client, const std::optional<dns::Name>& key) const;
};

}  // namespace rollcall::zone
