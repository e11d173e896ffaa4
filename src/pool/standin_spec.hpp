/// What a living node does in the place of one that has failed, as the operator wrote it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::pool {

/// A floating address: it belongs to one node, and moves to another one while that node is dead.
struct TakeOverSpec {
  IpAddress address;
  IpAddress owner;  // the owner's own other address: it is pinged, and its agent asked
  std::vector<IpAddress>
      takers;  // own addresses of the nodes that may take it, the first preferred
  Duration interval = std::chrono::seconds(5);  // between two looks

  bool operator==(const TakeOverSpec&) const = default;
};

/// While a service of a member is down, its node leads the service's port to another member.
struct ForwardSpec {
  std::string service;  // in the allow-list of the member's agent; empty: nothing is forwarded
  std::vector<IpAddress> to;  // members of the same pool; the first that is up is taken

  bool operator==(const ForwardSpec&) const = default;
};

}  // namespace rollcall::pool
