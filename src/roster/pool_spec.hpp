/// A pool as its operator wrote it. Its members are what the zone file has at its name: addresses,
/// or the addresses of the exchanges that its MX records lead to.
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

/// Which records of its name are the pool.
enum class PoolRecords : std::uint8_t { addresses, mx };

/// What one member has differently from its pool.
struct MemberSpec {
  std::optional<std::string> restart;
  std::optional<IpAddress> probe_address;  // where probes go instead of the member's own address
  std::uint16_t port = 0;                  // that they go to; 0: the pool's

  bool operator==(const MemberSpec&) const = default;
};

struct PoolSpec {
  dns::Name name;
  PoolRecords records = PoolRecords::addresses;
  std::vector<health::CheckSpec> checks;  // at least one
  std::uint16_t needed = 0;               // of them that must pass; 0: all
  std::uint16_t port = 0;                 // that probes go to; 0: each check's own
  std::string restart;                    // service to ask the member's agent for; empty: none
  WhenAllDown when_all_down = WhenAllDown::fail_open;
  std::map<IpAddress, MemberSpec> members;
  /// Of a pool of MX records: what all addresses of an exchange have; `members` comes before it.
  std::map<dns::Name, MemberSpec, dns::CanonicalLess> exchanges;

  bool operator==(const PoolSpec&) const = default;
};

}  // namespace rollcall::roster
