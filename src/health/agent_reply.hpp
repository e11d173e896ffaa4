/// Reads the reply of an agent on a member, in the words of HAProxy's agent-check: "up 75%",
/// "drain", "maint", "down # disk full".
#pragma once

#include <string_view>

#include "health/check.hpp"

namespace rollcall::health {

/// An agent's line is short (HAProxy reads no more of it either).
inline constexpr std::size_t kMaxAgentReply = 1024;  // octets

/// Reads the first line. Words are separated by blanks or commas, in any order and either case; a
/// `#` begins a description.
///   up, ready       good                         N%          good, with that share of its weight
///   drain, maint    bad, on purpose; 0 % too     maxconn:N   ignored
///   down, fail, failed, stopped    bad; they win over everything else
/// Each reply stands for itself: one without drain ends a drain. An empty reply and unknown words
/// are bad. More than 100 % counts as 100 %.
/// @param source of the reply, for reasons: "the agent says ..."
Outcome agent_outcome(std::string_view reply, std::string_view source = "agent");

}  // namespace rollcall::health
