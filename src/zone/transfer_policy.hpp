/// Which hosts may transfer a zone, and which ones get a NOTIFY of its changes.
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

struct TransferPolicy {
  std::vector<Secondary> secondaries;
  std::vector<TransferGrant> grants;  // in addition to the secondaries

  /// @param key the name of the TSIG key that verified the request, if any
  bool allows(const IpAddress& client, const std::optional<dns::Name>& key) const;
};

}  // namespace rollcall::zone
