/// What rollcall-agent is to run, looked at before it is asked to.
#pragma once

#include "config/agent_options.hpp"
#include "core/diagnostic.hpp"

namespace rollcall::app {

/// Scripts that are not there or cannot be run (errors), and those that others than root and the
/// agent's own user could change (warnings): the agent runs them as itself. Each at the place of
/// its service in the configuration.
Diagnostics check_scripts(const config::AgentOptions& options);

}  // namespace rollcall::app
