/// What a node allows beside restarts: the floating addresses that it may have, and the ports that
/// may lead to other nodes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"

namespace rollcall::takeover {

struct FloatingRight {
  std::string interface;
  SourcePosition where = {};

  bool operator==(const FloatingRight& other) const { return interface == other.interface; }
};

struct ForwardRight {
  std::uint16_t port = 0;
  bool udp = false;  // else TCP
  std::vector<IpAddress> to;
  SourcePosition where = {};

  bool operator==(const ForwardRight& other) const {
    return port == other.port && udp == other.udp && to == other.to;
  }
};

struct NodeRights {
  std::map<IpAddress, FloatingRight> floating;
  std::map<std::string, ForwardRight, std::less<>> forward;  // by service

  bool empty() const noexcept { return floating.empty() && forward.empty(); }
  bool operator==(const NodeRights&) const = default;
};

}  // namespace rollcall::takeover
