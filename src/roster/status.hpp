/// What the roster knows, as plain values for those who show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "roster/pool_spec.hpp"

namespace rollcall::roster {

/// A member's observed health.
enum class Health : std::uint8_t { unknown, up, down };

/// served: answers. not_ready: its first round of probes runs. refused: its file has errors and
/// there is no older version; it is answered with SERVFAIL.
enum class ZoneState : std::uint8_t { served, not_ready, refused };

struct MemberStatus {
  IpAddress address;
  Health health = Health::unknown;
  bool live = true;     // in the answers right now
  Duration since{};     // how long it has had this health
  std::string reason;   // why the last probe was bad or degraded; else empty
  std::string restart;  // the service that its agent is asked for; empty: none
  std::uint64_t probes = 0;
  std::string exchange = {};  // of a pool of MX records: the name that has this address
  bool degraded = false;      // up and answered, and somebody should look
  std::optional<std::uint8_t> percent = {};  // of its weight that the member asks for
};

struct PoolStatus {
  dns::Name name;
  std::string checks;  // names, joined by ", "; "2 of " before them where not all must pass
  std::string when_all_down;
  bool failed_open = false;  // every member of some RRset is down and all of it is answered
  std::vector<MemberStatus> members;
  PoolRecords records = PoolRecords::addresses;
};

struct ZoneStatus {
  dns::Name origin;
  ZoneState state = ZoneState::not_ready;
  std::uint32_t serial = 0;  // as served
  std::uint64_t records = 0;
  std::string problem;  // the first error of the last load that was refused; empty: none
};

struct Status {
  std::string version;
  Duration uptime{};
  std::vector<ZoneStatus> zones;
  std::vector<PoolStatus> pools;
};

}  // namespace rollcall::roster
