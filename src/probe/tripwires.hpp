/// Tripwires: idle connections to members, and streams from their agents. When one ends, something
/// has happened, and the next probe need not be waited for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "agent_link/agent_streams.hpp"
#include "io/async.hpp"
#include "probe/request.hpp"

namespace rollcall::probe {

/// All calls come from one thread: the control strand. It must outlive the wires.
class Tripwires {
 public:
  enum class End : std::uint8_t {
    by_itself,
    dropped,
    unknown,  // our own host lacks the resources to hold it
  };

  /// @param agents returns the current settings
  Tripwires(asio::any_io_executor executor, const agent_link::AgentSettings& agents,
            Duration pause = agent_link::AgentStreams::kUsualPause)
      : executor_(std::move(executor)), streams_(agents, pause) {}

  /// Connects, and discards whatever arrives until the connection ends; if a service is named, also
  /// waits for the end of a stream from the agent. The end of one ends the other. drop() works from
  /// this call on, even before the result is awaited.
  asio::awaitable<End> hold(WireRequest wanted);

  void drop(WireId wire);

 private:
  using Dropped = std::shared_ptr<asio::steady_timer>;  // expires when the wire is dropped

  asio::awaitable<End> keep(WireRequest wanted, Dropped dropped);

  asio::any_io_executor executor_;
  agent_link::AgentStreams streams_;
  std::unordered_map<WireId, Dropped> held_;
};

}  // namespace rollcall::probe
