/// Watches of services by the members' agents, for tripwires.
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

/// All calls come from one thread: the control strand. It must outlive its coroutines.
class AgentStreams {
 public:
  /// The pause between two requests to watch a service.
  static constexpr Duration kUsualPause = std::chrono::minutes(1);

  /// @param agents returns the current settings; called for each request
  explicit AgentStreams(const AgentSettings& agents, Duration pause = kUsualPause)
      : agents_(agents), pause_(pause) {}

  /// Has the member's agent watch the service, and returns when the watch has ended. While the
  /// agent refuses, it asks again after the pause; the first refusal is logged.
  asio::awaitable<void> watch(IpAddress member, std::string service);

 private:
  using Watched = std::pair<IpAddress, std::string>;

  asio::awaitable<Result<void>> try_once(const Watched& watched);
  Result<std::shared_ptr<asio::ssl::context>> context(const IpAddress& member);
  void tell_failure(const Watched& watched, const std::string& reason);
  void tell_success(const Watched& watched);

  const AgentSettings& agents_;
  Duration pause_;
  std::shared_ptr<asio::ssl::context> shared_;  // of the shared key: one a stream would be large
  std::optional<NamedKey> key_;                 // the key that the shared context has
  std::set<Watched> told_;                      // logged as not watched
};

}  // namespace rollcall::agent_link
