/// What this host's kernel knows of a host on one of its links: the neighbour table, which ARP and
/// IPv6's neighbour unreachability detection keep.
///
/// The kernel asks a neighbour only while something is sent to it: read the table after a packet.
#pragma once

#include "core/ip_address.hpp"

namespace rollcall::io {

enum class Neighbour : unsigned char {
  none,     // behind a router, or the kernel does not keep its state
  answers,  // it was reachable a short while ago
  silent,   // the kernel has asked for it, and nothing has come
  unsure,   // it has answered before, and the kernel has not asked again yet
};

/// Asks the kernel, which replies at once; needs no capability.
Neighbour find_neighbour(const IpAddress& address);

}  // namespace rollcall::io
