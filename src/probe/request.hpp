/// What a prober and the tripwires are asked for. The daemon fills these in from the effects of the
/// roster, of which this room knows nothing.
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
  std::string host;  // the check's own, else the pool's name where the check uses one
};

/// A tripwire: an idle connection, and a stream from the member's agent, which watches the
/// service's process. At least one of the two is wanted; a stream that is not to be had is no end.
struct WireRequest {
  WireId wire;
  Endpoint target;
  Duration limit;       // until the connection must stand
  bool connect = true;  // false: the check has no connection to hold
  IpAddress member;     // whose agent is asked
  std::string service;  // that it shall watch; empty: none
};

}  // namespace rollcall::probe
