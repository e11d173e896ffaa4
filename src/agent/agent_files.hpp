/// What agent.yaml names: checks the scripts before a restart is requested, and reads the keys.
#pragma once

#include <optional>

#include "agent/agent_clients.hpp"
#include "agent/agent_options.hpp"
#include "core/diagnostic.hpp"
#include "files/file_reader.hpp"

namespace rollcall::agent {

/// Scripts that are missing or cannot be run (errors), and those that users other than root and the
/// agent's own could change (warnings): the agent runs them as its own user. Each message has the
/// place of its service in the configuration.
Diagnostics check_scripts(const AgentOptions& options);

/// The nameservers with their keys. Blocks: call it on a thread that may wait.
/// @param found gets the errors and warnings
/// @return nothing where there are errors
std::optional<AgentClients> read_clients(const AgentOptions& options, const files::ReadText& read,
                                         Diagnostics& found);

}  // namespace rollcall::agent
