/// Which hosts may transfer a zone, and which ones get a NOTIFY of its changes.
#pragma once

#include <cstdint>
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

/// What a secondary gets of a zone.
enum class View : std::uint8_t {
  live,  // the records that are answered
  full,  // all records, under serials of its own: they move with the content, and with no flip
};

/// Gets NOTIFY and may transfer; with a key only under that key.
struct Secondary {
  Endpoint address;
  std::optional<dns::Name> key;
  View view = View::live;  // `full` only with a key, by which it is recognised
};

struct TransferPolicy {
  std::vector<Secondary> secondaries;
  std::vector<TransferGrant> grants;  // in addition to the secondaries

  /// @param key the name of the TSIG key that verified the request, if any
  bool allows(const IpAddress& client, const std::optional<dns::Name>& key) const;
  /// What requests under that key are answered from.
  View view_of(const std::optional<dns::Name>& key) const;
  /// Whether a secondary has the view `full`.
  bool has_full() const;
};

}  // namespace rollcall::zone
