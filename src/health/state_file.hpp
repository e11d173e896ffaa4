/// A file of members and their states, one a line, that another program writes.
///
///   # behind a hash is nothing that counts
///   192.0.2.1                  up
///   192.0.2.2                  down # disk full
///   www.example.com/192.0.2.3  up 50%
///
/// A member stands there by its address, or by the name of its pool (with its final dot or
/// without),
/// "/" and its address, which comes before the address alone. "=" or "=>" may stand between name
/// and state. The states are the words of an agent (agent_reply.hpp).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/ip_address.hpp"
#include "health/check.hpp"

namespace rollcall::health {

inline constexpr std::size_t kMaxStateFile = 4UL << 20;  // octets: a hundred thousand members

/// By the name, in lower case, its address in the shortest form.
using States = std::map<std::string, Outcome, std::less<>>;

/// Reads the whole file. Of a member that stands there twice the last line counts; a line without a
/// state is a state that nobody knows: bad.
States parse_states(std::string_view text);

/// The line of a member; end() where it has none. With the same `pool` as state_of().
States::const_iterator line_of(const States& states, std::string_view pool,
                               const IpAddress& member);

/// @param pool the pool's name, or the exchange's of a pool of MX records
Outcome state_of(const States& states, std::string_view pool, const IpAddress& member,
                 bool missing_is_up);

}  // namespace rollcall::health
