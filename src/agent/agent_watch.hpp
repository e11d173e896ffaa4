/// The agent's watches: connections that stand while the process of a service runs. When it ends,
/// the peer is told at once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <list>
#include <memory>
#include <string>

#include "agent/service_process.hpp"
#include "io/task_group.hpp"

namespace rollcall::agent {

/// Beside kAgentPlaces, so that a restart finds a connection. Only who holds the key gets
/// this far.
inline constexpr std::size_t kAgentWatchLimit = 256;

using AgentStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using AgentResponse = boost::beast::http::response<boost::beast::http::string_body>;

struct AgentWatch {
  std::unique_ptr<AgentStream> stream;
  std::string peer;
  std::string service;
  RestartRecipe recipe;  // of the service, when the watch began
  ServiceProcess process;
};

/// All calls come from the executor's one thread. Before it is destroyed join() has ended.
class AgentWatches {
 public:
  explicit AgentWatches(asio::any_io_executor executor) : executor_(executor), tasks_(executor) {}

  std::size_t size() const noexcept { return open_.size(); }

  /// Sends `begun`, whose body has no end yet, and behind it kWatchEnded when the process ends. The
  /// watch ends without that where the peer goes away or says anything, and by keep_only() and
  /// cancel().
  void start(AgentWatch watch, AgentResponse begun);

  /// Ends the watches of services that are not, or not as they were, in the new list.
  void keep_only(const AllowList& services);

  void cancel() { tasks_.cancel(); }
  asio::awaitable<bool> join(Duration limit) { return tasks_.join(limit); }

 private:
  struct Open {
    AgentWatch watch;
    asio::steady_timer revoked;  // expires when the watch shall end
  };

  asio::awaitable<void> run(std::list<Open>::iterator open, AgentResponse begun);

  asio::any_io_executor executor_;
  std::list<Open> open_;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::agent
