/// What happens to the roster: with effect.hpp the whole border of the control plane.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "health/check.hpp"
#include "roster/ids.hpp"
#include "roster/isolation.hpp"
#include "roster/override.hpp"
#include "roster/pool_spec.hpp"
#include "roster/saved_state.hpp"
#include "zone/zone.hpp"

namespace rollcall::roster {

using ZonePtr = std::shared_ptr<const zone::Zone>;

/// The configuration was read, at start or again. It takes hold in a zone with ZoneBuilt or
/// ZoneUnchanged: one whose file is refused keeps its pools as they were. `origins` are all zones
/// that shall be served; the others are dropped.
struct Configured {
  PoolSpecs pools;
  std::vector<dns::Name> origins;
  std::map<dns::Name, SerialPolicy, dns::CanonicalLess> serial_policies = {};  // where not `file`
  GuardSpec guard = {};
  std::size_t max_probes = 1000;   // under way at once; the others wait
  std::size_t max_programs = 16;   // of exec checks, which are counted apart
  std::size_t max_wires = 10'000;  // held at once; those that stand stay
};
/// A zone file was loaded.
struct ZoneBuilt {
  ZonePtr zone;
  std::string content = {};  // differs where the zone's records do; empty: nobody knows
};
/// What became of KeepSerial effects: these ceilings are on disk, or nothing can be written now and
/// the others come later.
struct SerialsKept {
  SavedSerials kept;
  std::string problem = {};  // empty: there is none
};
/// What a secondary of a zone answered when it was asked for its SOA.
struct HeldSerial {
  Endpoint secondary;
  std::uint32_t serial = 0;
};
/// All secondaries of a zone that answered, in a way that only they can.
struct SecondariesHold {
  dns::Name origin;
  std::vector<HeldSerial> held;
};
/// A zone file was read again and says what it said: the version that is served is the newest.
struct ZoneUnchanged {
  dns::Name origin;
};
/// A zone file has errors; an older version, if there is one, stays.
struct ZoneRefused {
  dns::Name origin;
  std::string problem;
};
struct ProbeDone {
  RunId probe;
  health::Outcome outcome;
};
/// A HoldWire has ended by itself, or came to nothing.
struct WireEnded {
  WireId wire;
  bool unknown = false;  // our own host ran short of what it takes to hold it
};
/// A file that `file` checks read was written: they run now.
struct FileChanged {
  std::string file;
};
/// The end of a restart, whether the agent could be asked or not.
struct AgentReplied {
  RestartId restart;
  bool ok = false;
  std::string text;  // what it said or why it could not be asked
};
/// An operator wants a service restarted now.
struct RestartWanted {
  RestartId restart;  // the asker's, from Roster::next_restart_id()
  IpAddress member;
  std::string service;
  std::string actor = {};  // the operator, as in OverrideWanted
};
/// An operator says that answers shall follow the probes, though it may be us.
struct ThawWanted {
  std::string actor = {};

  bool operator==(const ThawWanted&) const = default;
};
/// Time has passed: a WakeAt came due.
struct Tick {};
/// The server ends: what has to survive is saved exactly.
struct Stopping {};

using Event = std::variant<Configured, ZoneBuilt, SerialsKept, SecondariesHold, ZoneUnchanged,
                           ZoneRefused, ProbeDone, WireEnded, FileChanged, AgentReplied,
                           RestartWanted, OverrideWanted, NormalWanted, ThawWanted, Tick, Stopping>;

}  // namespace rollcall::roster
