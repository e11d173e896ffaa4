/// A pool as its operator wrote it. Its members are the addresses that the zone file has.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "health/check.hpp"

namespace rollcall::roster {

/// What is answered when no member of an RRset is up.
enum class WhenAllDown : std::uint8_t { fail_open, fail_closed };

/// What one member has differently from its pool.
struct MemberSpec {
  std::optional<std::string> restart;

  bool operator==(const MemberSpec&) const = default;
};

struct PoolSpec {
  dns::Name name;
  std::vector<health::CheckSpec> checks;  // all must pass; at least one
  std::string restart;                    // service to ask the member's agent for; empty: none
  WhenAllDown when_all_down = WhenAllDown::fail_open;
  std::map<IpAddress, MemberSpec> members;

  bool operator==(const PoolSpec&) const = default;
};

}  // namespace rollcall::roster
