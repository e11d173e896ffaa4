/// Tripwires: idle connections to members and streams from their agents, whose end tells sooner
/// than a probe that something has happened.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "agent_link/agent_streams.hpp"
#include "io/async.hpp"
#include "probe/request.hpp"

namespace rollcall::probe {

/// All calls come from one thread: the control strand. Outlives the wires.
class Tripwires {
 public:
  enum class End : std::uint8_t {
    by_itself,
    dropped,
    unknown,  // our own host had nothing to hold it with
  };

  /// @param agents as they are at the time
  Tripwires(asio::any_io_executor executor, const agent_link::AgentSettings& agents,
            Duration pause = agent_link::AgentStreams::kUsualPause)
      : executor_(std::move(executor)), streams_(agents, pause) {}

  /// Connects, and reads what comes, for nobody, until the connection ends; waits for the end of a
  /// stream from the agent, where a service is named. The end of one ends the other. drop() finds
  /// the wire from now on, not only when somebody awaits it.
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
