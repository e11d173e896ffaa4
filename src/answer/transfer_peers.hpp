/// The addresses that may transfer zones: TCP keeps places for them.
#pragma once

#include <set>
#include <vector>

#include "core/ip_address.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::answer {

class TransferPeers {
 public:
  TransferPeers() = default;
  /// Secondaries, and what allow_transfer names by address. A wide block names nobody in
  /// particular, and a key says nothing of addresses: neither is counted.
  explicit TransferPeers(const std::vector<const zone::TransferPolicy*>& policies);

  bool contains(const IpAddress& address) const;

 private:
  std::set<IpAddress> hosts_;
  std::set<IpPrefix> blocks_;
};

}  // namespace rollcall::answer
