/// Tripwires: idle connections to members and streams from their agents, whose end tells sooner
/// than a probe that something has happened.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "roster/event.hpp"
#include "server/agent_streams.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// All calls come from one thread: the control strand. Outlives the wires.
class Tripwires {
 public:
  enum class End : std::uint8_t {
    by_itself,
    dropped,
    unknown,  // our own host had nothing to hold it with
  };

  /// @param agents as they are at the time
  Tripwires(asio::any_io_executor executor, const AgentSettings& agents,
            Duration pause = AgentStreams::kUsualPause)
      : executor_(std::move(executor)), streams_(agents, pause) {}

  /// Connects, and reads what comes, for nobody, until the connection ends; waits for the end of a
  /// stream from the agent, where a service is named. The end of one ends the other. drop() finds
  /// the wire from now on, not only when somebody awaits it.
  asio::awaitable<End> hold(roster::HoldWire wanted);

  void drop(roster::ProbeId wire);

 private:
  using Dropped = std::shared_ptr<asio::steady_timer>;  // expires when the wire is dropped

  asio::awaitable<End> keep(roster::HoldWire wanted, Dropped dropped);

  asio::any_io_executor executor_;
  AgentStreams streams_;
  std::unordered_map<roster::ProbeId, Dropped> held_;
};

}  // namespace rollcall::server
