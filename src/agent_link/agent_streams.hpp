/// What agents say of the services that they watch, for the tripwires of the members that they
/// run on.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agent_link/agent_settings.hpp"
#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "io/async.hpp"

namespace rollcall::agent_link {

/// All calls come from one thread: the control strand. Outlives what it waits for.
class AgentStreams {
 public:
  /// Between two tries to have a service watched.
  static constexpr Duration kUsualPause = std::chrono::minutes(1);

  /// @param agents as they are at the time; read anew for each try
  explicit AgentStreams(const AgentSettings& agents, Duration pause = kUsualPause)
      : agents_(agents), pause_(pause) {}

  /// Has the member's agent watch the service, and ends when a watch that stood has ended. While
  /// there is none it tries again after the pause; the first time people are told.
  asio::awaitable<void> watch(IpAddress member, std::string service);

 private:
  using Watched = std::pair<IpAddress, std::string>;

  asio::awaitable<Result<void>> try_once(const Watched& watched);
  Result<std::shared_ptr<asio::ssl::context>> context();
  void tell_failure(const Watched& watched, const std::string& reason);
  void tell_success(const Watched& watched);

  const AgentSettings& agents_;
  Duration pause_;
  std::shared_ptr<asio::ssl::context> context_;  // shared by all: one for each would be large
  std::optional<PskKey> key_;                    // of the context
  std::set<Watched> told_;                       // of whom people know that they are not watched
};

}  // namespace rollcall::agent_link
