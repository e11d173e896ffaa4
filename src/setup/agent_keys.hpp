/// Reads the keys of the agents: agents.keys_dir, one file ADDRESS.key a node, and agents.key_file.
#pragma once

#include "agent_link/agent_settings.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "files/file_reader.hpp"

namespace rollcall::setup {

inline constexpr std::string_view kAgentKeyEnding = ".key";

/// Reads the keys into `settings`. Of a node's keys the first one is used.
/// @return errors and warnings: files that cannot be read, are no keys or can be read by others;
/// two nodes with the same key, for then one of them opens the other
Diagnostics read_agent_keys(const config::AgentsOptions& options, const files::ReadText& read,
                            agent_link::AgentSettings& settings);

}  // namespace rollcall::setup
