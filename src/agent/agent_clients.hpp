/// The nameservers that may ask this agent, as agent.yaml lists them. A peer that has proved one
/// of a nameserver's keys is that nameserver; nothing in a request says so.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent_link/psk_keys.hpp"
#include "core/ip_address.hpp"

namespace rollcall::agent {

struct AgentClient {
  std::string name;                                            // in agent.yaml
  std::vector<agent_link::NamedKey> keys;                      // each of them proves it
  std::optional<std::set<std::string, std::less<>>> services;  // nothing: all of the allow-list

  // Nothing: all of the agent's, unless this client is limited to something else.
  std::optional<std::set<IpAddress>> floating = {};
  std::optional<std::set<std::string, std::less<>>> forward = {};

  bool may_ask_for(std::string_view service) const {
    return !services || services->contains(service);
  }
  bool may_move(const IpAddress& address) const {
    return floating ? floating->contains(address) : !services && !forward;
  }
  bool may_forward(std::string_view service) const {
    return forward ? forward->contains(service) : !services && !floating;
  }
};

/// Immutable: a reload replaces it.
class AgentClients {
 public:
  AgentClients() = default;
  /// @param clients no two keys have the same name
  explicit AgentClients(std::vector<AgentClient> clients) {
    for (AgentClient& client : clients) {
      clients_.push_back(std::make_shared<const AgentClient>(std::move(client)));
    }
  }

  /// The client that this key proves; null where the key is not, or no longer, known.
  std::shared_ptr<const AgentClient> find(const agent_link::NamedKey& proven) const {
    for (const auto& client : clients_) {
      if (std::ranges::find(client->keys, proven) != client->keys.end()) return client;
    }
    return nullptr;
  }

  std::vector<agent_link::NamedKey> keys() const {
    std::vector<agent_link::NamedKey> all;
    for (const auto& client : clients_) {
      all.insert(all.end(), client->keys.begin(), client->keys.end());
    }
    return all;
  }

  /// Whether each key of `before` is still here, for the same client.
  bool keeps_all_of(const AgentClients& before) const {
    return std::ranges::all_of(before.clients_, [&](const auto& client) {
      return std::ranges::all_of(client->keys, [&](const agent_link::NamedKey& key) {
        const auto now = find(key);
        return now && now->name == client->name;
      });
    });
  }

 private:
  std::vector<std::shared_ptr<const AgentClient>> clients_;
};

}  // namespace rollcall::agent
