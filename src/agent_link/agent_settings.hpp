/// Where the agents of the members listen, and the key that this server proves to them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "agent_link/psk_tls.hpp"
#include "core/ip_address.hpp"

namespace rollcall::agent_link {

struct AgentSettings {
  std::uint16_t port = 0;
  std::optional<PskKey> key;            // nothing: no agent is asked
  std::map<IpAddress, Endpoint> nodes;  // only agents that are not at member:port

  /// Where the agent of a member listens.
  Endpoint agent_of(const IpAddress& member) const {
    const auto node = nodes.find(member);
    return node != nodes.end() ? node->second : Endpoint{member, port};
  }
};

}  // namespace rollcall::agent_link
