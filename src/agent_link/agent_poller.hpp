/// Asks the agents of all nodes regularly for their status, and keeps the last one of each.
///
/// One connection a node at a time. With many nodes the polls spread: at most kMaxPollsAtOnce run,
/// and kPollsPerTick begin in a tick, so ten thousand nodes take some 100 s a round.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent_link/agent_settings.hpp"
#include "agent_link/agent_status.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"

namespace rollcall::agent_link {

inline constexpr std::size_t kMaxPollsAtOnce = 64;  // each holds a socket and some 50 KiB for TLS
// A handshake takes half a millisecond of the control thread, so few begin together.
inline constexpr std::size_t kPollsPerTick = 2;
inline constexpr Duration kPollTick = std::chrono::milliseconds(20);
inline constexpr Duration kIdleTick = std::chrono::milliseconds(250);  // where no poll is due
inline constexpr Duration kNodesInterval = std::chrono::seconds(5);    // when nodes are listed anew
inline constexpr Duration kStatusDeadline = std::chrono::seconds(10);

/// What is known of the agent of a node.
struct AgentRecord {
  std::optional<bool> reachable;      // nothing: not asked yet
  std::string problem;                // why it is not; else empty
  Instant since{};                    // when that began
  std::optional<AgentStatus> status;  // the last one, also of an agent that is not reachable now
  Instant seen{};                     // when that came
  std::string key;                    // the name of the key that is used
};

/// All calls come from the executor's one thread. It must outlive run().
class AgentPoller {
 public:
  /// The nodes whose agents are asked.
  using ListNodes = std::function<std::set<IpAddress>()>;
  /// Called with each status; it may change what the other functions say.
  using Told = std::function<void(const IpAddress& node, const AgentStatus& status)>;

  /// @param agents the current settings; without a key for a node, its agent is not asked
  AgentPoller(asio::any_io_executor executor, const AgentSettings& agents, ListNodes nodes,
              Told told)
      : executor_(std::move(executor)),
        agents_(agents),
        nodes_(std::move(nodes)),
        told_(std::move(told)),
        polls_(executor_) {}

  /// Never ends by itself.
  asio::awaitable<void> run();

  const std::map<IpAddress, AgentRecord>& records() const noexcept { return records_; }

 private:
  void list_nodes(Instant now);
  void start_due(Instant now);
  asio::awaitable<void> poll(IpAddress node);
  void note(const IpAddress& node, const Result<AgentStatus>& got);
  /// About `base`, so that nodes do not stay in step.
  Duration jittered(Duration base);

  asio::any_io_executor executor_;
  const AgentSettings& agents_;
  ListNodes nodes_;
  Told told_;
  std::map<IpAddress, AgentRecord> records_;
  std::set<std::pair<Instant, IpAddress>> due_;  // each node that is not being asked
  std::set<IpAddress> open_;
  std::uint32_t random_ = 1;  // for the jitter alone
  io::TaskGroup polls_;
};

}  // namespace rollcall::agent_link
