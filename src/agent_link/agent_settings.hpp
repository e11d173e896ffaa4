/// Where the agents of the members listen, and the keys that this server proves to them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "agent_link/psk_keys.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::agent_link {

using KeysByNode = std::map<IpAddress, NamedKey>;

struct AgentSettings {
  std::uint16_t port = 0;
  std::optional<NamedKey> key;             // of every node that has none of its own
  std::shared_ptr<const KeysByNode> keys;  // of single nodes; null: none
  std::map<IpAddress, Endpoint> nodes;     // only agents that are not at member:port

  Duration status_interval = std::chrono::seconds(30);  // 0: no status is asked for

  /// Where the agent of a member listens.
  Endpoint agent_of(const IpAddress& member) const {
    const auto node = nodes.find(member);
    return node != nodes.end() ? node->second : Endpoint{member, port};
  }

  /// The key for the agent of a member, and for no other one; null: this agent cannot be asked.
  const NamedKey* key_of(const IpAddress& member) const {
    if (keys) {
      if (const auto own = keys->find(member); own != keys->end()) return &own->second;
    }
    return key ? &*key : nullptr;
  }

  bool has_keys() const { return key || (keys && !keys->empty()); }
};

/// Why an agent without a key is not asked.
inline constexpr const char* kNoKey = "no key for this node in agents.keys_dir";

}  // namespace rollcall::agent_link
