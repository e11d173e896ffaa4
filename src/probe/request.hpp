/// The requests to the prober and the tripwires. The daemon makes them from the roster's effects,
/// which this room does not know.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "health/check.hpp"

namespace rollcall::probe {

using RunId = StrongId<struct ProbedRunTag, std::uint64_t>;
using WireId = StrongId<struct ProbedWireTag, std::uint64_t>;

/// One probe.
struct Request {
  RunId run;
  IpAddress member;
  Endpoint target;  // where the probe goes: the member itself, or its probe_address
  std::shared_ptr<const health::CheckSpec> check;
  std::string host;  // of the check, else the pool's name if the check uses one
};

/// A tripwire: an idle connection, and a stream from the member's agent, which watches the
/// service's process. At least one of the two is requested. If the agent gives no stream, the wire
/// still stands.
struct WireRequest {
  WireId wire;
  Endpoint target;
  Duration limit;       // the time to connect
  bool connect = true;  // false: the check has no connection to hold
  IpAddress member;     // the member whose agent is asked
  std::string service;  // the service to watch; empty: none
};

}  // namespace rollcall::probe
