/// Checks the scripts of rollcall-agent before a restart is requested.
#pragma once

#include "agent/agent_options.hpp"
#include "core/diagnostic.hpp"

namespace rollcall::agent {

/// Scripts that are missing or cannot be run (errors), and those that users other than root and the
/// agent's own could change (warnings): the agent runs them as its own user. Each message has the
/// place of its service in the configuration.
Diagnostics check_scripts(const AgentOptions& options);

}  // namespace rollcall::agent
