/// The socket that sends echo requests.
#pragma once

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "io/descriptor.hpp"

namespace rollcall::probe {

struct PingSocket {
  io::Descriptor socket;  // does not block
  bool raw = false;
};

/// A ping socket, which needs no capability if net.ipv4.ping_group_range allows it; else a raw
/// socket, which needs CAP_NET_RAW.
/// @return an errno if neither can be opened
Result<PingSocket, int> open_ping(IpFamily family);

}  // namespace rollcall::probe
