/// The HTTPS endpoint of rollcall-agent: restarts the services of its allow-list for nameservers
/// that have proved a key (agent_clients.hpp), reports the result, and watches their processes
/// (agent_watch.hpp).
///
/// Not done: one request a connection, no keep-alive.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "agent/agent_clients.hpp"
#include "agent/agent_door.hpp"
#include "agent/agent_watch.hpp"
#include "agent/node_actions.hpp"
#include "agent/node_state.hpp"
#include "agent/restart_results.hpp"
#include "agent_link/agent_request.hpp"
#include "agent_link/agent_status.hpp"
#include "agent_link/psk_tls.hpp"
#include "core/ip_address.hpp"
#include "files/file_readers.hpp"
#include "io/task_group.hpp"
#include "log/stranger_log.hpp"
#include "service/service_restart.hpp"

namespace rollcall::agent {

/// These and kAgentPlaces bound the memory that a peer without the key can occupy.
inline constexpr Duration kAgentHandshakeLimit = std::chrono::seconds(5);
inline constexpr Duration kAgentRequestLimit = std::chrono::seconds(10);
using agent_link::kAgentBodyLimit;
using agent_link::kAgentHeaderLimit;

struct AgentServiceOptions {
  Endpoint listen;  // port 0 takes any free one
  AgentClients clients;
  Duration time_limit = std::chrono::seconds(60);  // of one restart
  service::AllowList services;
  takeover::NodeRights rights = {};
  std::string state_file = {};  // what the node says of itself (node_state.hpp); empty: nothing
  /// Called when accept() has given nothing but errors for kFailureGivenUp.
  std::function<void(std::string)> failed;
};

/// Everything runs on the executor's one thread. Destroy it only after stop() has ended or the
/// executor has stopped.
class AgentService {
 public:
  /// @param readers must outlive it
  AgentService(asio::any_io_executor executor, AgentServiceOptions options,
               files::FileReaders& readers);

  /// Binds and starts to accept. @return where, or why not
  Result<Endpoint> start();

  /// Replaces the allow-list. A running restart goes on; watches of services that have changed end.
  void set_services(service::AllowList services, Duration time_limit);

  /// Replaces what is allowed beside restarts. Forwards that are allowed no longer end.
  void set_rights(takeover::NodeRights rights) {
    accepting_.start(actions_.set_rights(std::move(rights)));
  }

  void set_state_file(std::string path) { options_.state_file = std::move(path); }

  /// Replaces the clients and their keys. Watches end whose key is gone, or whose client may not
  /// ask for the service any more; a running restart goes on.
  /// @return why the old ones stay
  Result<void> set_clients(AgentClients clients);

  /// Takes no more requests, ends the watches and forwards, waits for a running restart (at most
  /// its time limit) and its reply, then closes every connection.
  asio::awaitable<void> stop();

  /// Ends a waiting stop(): kills the running restart.
  void abort();

 private:
  using ClientPtr = std::shared_ptr<const AgentClient>;
  using Response = AgentResponse;
  using StreamPtr = std::unique_ptr<AgentStream>;

  asio::awaitable<void> accept();
  asio::awaitable<void> keep_door();
  asio::awaitable<void> serve(asio::ip::tcp::socket socket, Endpoint from);
  asio::awaitable<std::optional<agent_link::NamedKey>> let_in(AgentStream& stream,
                                                              AgentDoor::Guest& guest);

  /// A request that was read.
  struct Call {
    Call(const Endpoint& its_end, agent_link::NamedKey key, ClientPtr its_client,
         StreamPtr& its_stream)
        : peer(its_end.to_string() + " (" + its_client->name + ")"),
          from(its_end.address),
          proven(std::move(key)),
          client(std::move(its_client)),
          stream(its_stream) {}

    agent_link::AgentRequest request;
    std::string peer;  // with the name of the client
    IpAddress from;
    agent_link::NamedKey proven;
    ClientPtr client;   // whom the key proves
    StreamPtr& stream;  // a handler that takes it answers by itself
  };
  /// Nothing where the handler has taken the stream.
  using Answer = asio::awaitable<std::optional<Response>>;
  struct Route {
    std::string_view path;
    boost::beast::http::verb method;
    Answer (AgentService::*handle)(Call& call);  // the call outlives the answer
  };
  static std::span<const Route> routes();

  Answer answer(Call& call);
  std::expected<std::string, Response> read_service(const Call& call) const;
  Answer restart(Call& call);
  Answer repeat(Call& call, RestartResults::EntryPtr first, const std::string& service);
  Answer watch(Call& call);
  Answer status(Call& call);
  Answer act(Call& call);  // floating addresses and forwards
  agent_link::AgentStatus report(const Call& call, NodeState node);
  bool may_go_on(const AgentWatch& watch) const;

  asio::any_io_executor executor_;
  AgentServiceOptions options_;
  files::FileReaders& readers_;
  std::optional<asio::ssl::context> tls_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer idle_;  // cancelled when the last running restart has ended
  std::set<std::string, std::less<>> running_;
  struct LastRestart {
    agent_link::RestartReport report;
    Instant ended{};
  };
  std::map<std::string, LastRestart, std::less<>> last_;
  RestartResults results_;
  log::StrangerLog state_log_;  // of a state_file that cannot be read: each status looks at it
  bool stopping_ = false;
  std::shared_ptr<AgentDoor> door_ = std::make_shared<AgentDoor>();
  io::TaskGroup connections_;  // except those that have become watches
  AgentWatches watches_;
  NodeActions actions_;
  io::TaskGroup accepting_;
};

}  // namespace rollcall::agent
