/// How the services of a node are restarted: by a systemd unit or by an init script.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent_link/agent_protocol.hpp"
#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::agent {

/// Exactly one of the first two is set.
struct RestartRecipe {
  std::string unit;           // systemctl restart UNIT
  std::string script;         // absolute path: SCRIPT stop, then SCRIPT start
  std::string pid_file = {};  // for a script: names the process to watch; empty: none

  bool operator==(const RestartRecipe&) const = default;
};

/// The allow-list: the services that may be requested. A name from the network is only looked up
/// here, and used nowhere else.
using AllowList = std::map<std::string, RestartRecipe, std::less<>>;

/// Where systemctl is on this machine.
std::string systemctl();

/// The commands of a restart, the last of which decides whether it succeeded.
std::vector<std::vector<std::string>> restart_commands(const RestartRecipe& recipe);

/// Runs the commands one after the other. The commands before the last may fail (a crashed service
/// has nothing to stop) and get at most half of the time, so that a hanging stop still leaves time
/// to start.
/// @param time_limit of all commands together
asio::awaitable<agent_link::RestartReport> run_restart(RestartRecipe recipe, Duration time_limit);

}  // namespace rollcall::agent
