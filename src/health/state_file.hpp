/// A file of members and their states, one a line, that another program writes.
///
///   # a comment
///   192.0.2.1                  up
///   192.0.2.2                  down # disk full
///   www.example.com/192.0.2.3  up 50%
///
/// A member is named by its address, or by the name of its pool (with or without its final dot),
/// "/" and its address, which takes precedence over the address alone. "=" or "=>" may separate
/// name and state. The states are the words of an agent (agent_reply.hpp).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/ip_address.hpp"
#include "health/check.hpp"

namespace rollcall::health {

inline constexpr std::size_t kMaxStateFile = 4UL << 20;  // octets: a hundred thousand members

/// By the name in lower case, with its address in the shortest form.
using States = std::map<std::string, Outcome, std::less<>>;

/// Reads the whole file. Where a member has two lines, the last one counts; a line without a state
/// is bad, like an unknown state.
States parse_states(std::string_view text);

/// The line of a member; end() where it has none. Pass the same `pool` as to state_of().
States::const_iterator line_of(const States& states, std::string_view pool,
                               const IpAddress& member);

/// @param pool the pool's name, or in a pool of MX records the exchange's
Outcome state_of(const States& states, std::string_view pool, const IpAddress& member,
                 bool missing_is_up);

}  // namespace rollcall::health
