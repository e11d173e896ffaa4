/// The socket that echo requests leave by.
#pragma once

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "io/descriptor.hpp"

namespace rollcall::probe {

struct PingSocket {
  io::Descriptor socket;  // does not block
  bool raw = false;
};

/// A ping socket, which any program may have where net.ipv4.ping_group_range allows it; else a raw
/// one, which needs CAP_NET_RAW.
/// @return an errno where neither is to be had
Result<PingSocket, int> open_ping(IpFamily family);

}  // namespace rollcall::probe
