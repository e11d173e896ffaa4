/// The nameserver's side of rollcall-agent: asks the agent on a node to restart a service, to watch
/// its process, to take an address or to forward a port.
#pragma once

#include <functional>
#include <string>

#include "agent_link/agent_protocol.hpp"
#include "agent_link/agent_status.hpp"
#include "agent_link/node_request.hpp"
#include "agent_link/psk_tls.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::agent_link {

/// The agent's own limit for a restart is 60 s by default; killing it takes some time more, and so
/// do systemctl and journalctl before and after it.
inline constexpr Duration kAgentDeadline = std::chrono::seconds(95);

struct AgentReply {
  bool ok = false;
  int exit_status = 0;
  bool timed_out = false;  // the restart did not end within the agent's time limit
  double seconds = 0;
  std::string output;  // the tail of what the restart wrote, valid UTF-8
  std::string error;   // one line for people; empty where ok
  std::optional<UnitReport> unit = {};
};

/// Connects, proves the key, asks and waits for the reply, all within `deadline`. A service that is
/// not in the agent's allow-list, a wrong key or a silent agent is a reply that is not ok. Where
/// the connection breaks after the request, the agent is asked again, with the same
/// Idempotency-Key: it answers with the result of the first restart, and does not restart twice.
/// When it is cancelled it throws operation_aborted, as every awaitable does; the restart itself
/// goes on.
asio::awaitable<AgentReply> restart_service(Endpoint agent, NamedKey key, std::string service,
                                            Duration deadline = kAgentDeadline);

/// The reply in an agent's response. A status other than 200, and a body that is no report, make
/// it one that is not ok.
/// @param status of HTTP
AgentReply read_reply(unsigned status, const std::string& body);

// A node that dies while it is asked must not keep a floating address from the next taker. An agent
// that looks takes 2 s, and 4 s where a program hangs; one that takes an address looks, acts and
// tells its neighbours.
inline constexpr Duration kLookDeadline = std::chrono::seconds(8);
inline constexpr Duration kNodeDeadline = std::chrono::seconds(15);

/// Asks about a floating address or a forward, all within `deadline`. An agent that refuses, a
/// wrong key or a silent agent is a report that is not ok.
/// @param path one of those of node_request.hpp
/// @param body to_body() of the request that the path takes
asio::awaitable<NodeReport> ask_node(Endpoint agent, NamedKey key, std::string_view path,
                                     std::string body, Duration deadline = kNodeDeadline);

/// Asks the agent for its status, all within `deadline`.
/// @return an error where there is none, with the reason for people
asio::awaitable<Result<AgentStatus>> fetch_status(Endpoint agent, NamedKey key, Duration deadline);

/// Asks the agent to watch a service, and returns when the watch ends.
/// @param tls from make_psk_context(); must outlive the conversation
/// @param begun called when the agent has confirmed the watch
/// @return an error if the watch did not begin; else it has ended, because the process, the agent
///         or the connection ended
asio::awaitable<Result<void>> watch_service(Endpoint agent, asio::ssl::context& tls,
                                            std::string service, std::function<void()> begun);

}  // namespace rollcall::agent_link
