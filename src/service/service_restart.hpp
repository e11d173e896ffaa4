/// How the services of a node are restarted: by a systemd unit or by an init script.
///
/// A script runs below the agent. Where systemd has started the agent as root, it runs as a
/// transient unit of its own instead (systemd-run): what it starts then has neither the agent's
/// sandbox nor its control group.
///
/// Limitation: an agent that is told twice to end kills no transient unit; systemd ends it when its
/// time is up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent_link/agent_protocol.hpp"
#include "core/instant.hpp"
#include "files/file_readers.hpp"
#include "io/async.hpp"
#include "service/allow_list.hpp"

namespace rollcall::service {

/// Runs a restart: the unit's, or `SCRIPT stop` and then `SCRIPT start`, which decides whether it
/// succeeded. The stop may fail (a crashed service has nothing to stop) and gets at most half of
/// the time, so that a hanging stop still leaves time to start.
/// @param readers look at a script that the peer has named
/// @param time_limit of both together; the start has at least half of it, even where a hanging stop
///        took some time to be killed
asio::awaitable<agent_link::RestartReport> run_restart(RestartRecipe recipe,
                                                       files::FileReaders& readers,
                                                       Duration time_limit);

/// The command that runs `SCRIPT VERB` as this transient unit. The unit ends when the script does,
/// and what the script leaves behind stays alive.
std::vector<std::string> transient_command(const std::string& unit, const std::string& script,
                                           const std::string& verb, Duration limit);

/// "rollcall-NAME-VERB-NUMBER.service": of a script's file name, and a number that is not used
/// twice while this machine runs.
std::string transient_unit(std::string_view script, std::string_view verb, std::string_view number);

}  // namespace rollcall::service
