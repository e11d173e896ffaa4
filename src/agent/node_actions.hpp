/// What nameservers ask for beside restarts: floating addresses and forwards, as far as the
/// allow-list has them. Of an address or service one action at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <expected>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "agent/agent_clients.hpp"
#include "agent_link/agent_status.hpp"
#include "agent_link/node_request.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "io/async.hpp"
#include "takeover/node_rights.hpp"
#include "takeover/port_forwards.hpp"

namespace rollcall::agent {

/// Why nothing was done, as a status of HTTP.
struct NodeRefusal {
  unsigned status = 0;
  std::string reason;
};
using NodeAnswer = std::expected<agent_link::NodeReport, NodeRefusal>;

/// The nameserver that asks.
struct Asker {
  std::string name;  // for the log
  IpAddress from;
  std::shared_ptr<const AgentClient> client;
};

class NodeActions {
 public:
  NodeActions(const asio::any_io_executor& executor, takeover::NodeRights rights)
      : rights_(std::move(rights)), forwards_(executor) {}

  /// Removes the forwards of an agent that was killed.
  asio::awaitable<void> start();
  /// Ends the forwards. Addresses stay: the node goes on serving them.
  asio::awaitable<void> stop();
  /// Forwards that are allowed no longer end.
  asio::awaitable<void> set_rights(takeover::NodeRights rights);

  /// @param path one of those of agent_link/node_request.hpp
  asio::awaitable<NodeAnswer> answer(std::string path, std::string body, Asker asker);

  /// Adds what this node does for others now, as far as the client may ask for it.
  void report(const AgentClient& client, Instant now, agent_link::AgentStatus& status) const;

  const takeover::NodeRights& rights() const noexcept { return rights_; }
  const std::map<takeover::ForwardedPort, takeover::PortForward>& forwards() const noexcept {
    return forwards_.now();
  }

 private:
  asio::awaitable<NodeAnswer> about_address(std::string_view path, std::string body, Asker asker);
  asio::awaitable<NodeAnswer> about_forward(std::string_view path, std::string body, Asker asker);

  /// Who asked for what stands.
  struct Order {
    std::string client;
    Instant at{};
  };

  takeover::NodeRights rights_;
  takeover::PortForwards forwards_;
  std::map<IpAddress, Order> taken_;  // of this run
  std::map<takeover::ForwardedPort, Order> led_;
  std::set<std::string> busy_;  // addresses and services
};

}  // namespace rollcall::agent
