/// The agent's watches: connections that stay open while the process of a service runs. When the
/// process ends, the peer is told at once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "agent_link/psk_keys.hpp"
#include "io/task_group.hpp"
#include "service/service_process.hpp"

namespace rollcall::agent {

/// Not counted in kAgentPlaces, so that a restart always finds a connection. Only peers that hold
/// the key get this far.
inline constexpr std::size_t kAgentWatchLimit = 256;
inline constexpr Duration kAgentGoodbyeLimit = std::chrono::seconds(2);  // of closing TLS

using AgentStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using AgentResponse = boost::beast::http::response<boost::beast::http::string_body>;

struct AgentWatch {
  std::unique_ptr<AgentStream> stream;
  std::string peer;
  agent_link::NamedKey proven;  // by the client
  std::string service;
  service::RestartRecipe recipe;  // the service's recipe when the watch began
  service::ServiceProcess process;
};

/// All calls come from the executor's one thread. Destroy it only after join() has ended.
class AgentWatches {
 public:
  explicit AgentWatches(asio::any_io_executor executor) : executor_(executor), tasks_(executor) {}

  std::size_t size() const noexcept { return open_.size(); }

  /// Sends `begun`, whose body has no end yet, and kWatchEnded when the process ends. The watch
  /// ends without kWatchEnded when the peer closes or sends anything, and by keep_only() and
  /// cancel().
  void start(AgentWatch watch, AgentResponse begun);

  /// Ends the watches that may not go on.
  void keep_only(const std::function<bool(const AgentWatch&)>& may_go_on);

  void cancel() { tasks_.cancel(); }
  asio::awaitable<bool> join(Duration limit) { return tasks_.join(limit); }

 private:
  struct Open {
    AgentWatch watch;
    asio::steady_timer revoked;  // expires when the watch must end
  };

  asio::awaitable<void> run(std::list<Open>::iterator open, AgentResponse begun);

  asio::any_io_executor executor_;
  std::list<Open> open_;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::agent
