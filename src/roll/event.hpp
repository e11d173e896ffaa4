/// What happens to the roster; with effect.hpp, the whole interface of the control plane.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/node_words.hpp"
#include "dns/name.hpp"
#include "edit/zone_edit.hpp"
#include "health/check.hpp"
#include "pool/isolation.hpp"
#include "pool/override.hpp"
#include "pool/pool_spec.hpp"
#include "pool/saved_state.hpp"
#include "pool/unit_facts.hpp"
#include "roll/ids.hpp"
#include "zone/zone.hpp"

namespace rollcall::roll {

using ZonePtr = std::shared_ptr<const zone::Zone>;

/// The configuration was read, at the start or again. It takes effect in a zone with ZoneBuilt or
/// ZoneUnchanged: a zone whose file is refused keeps its pools as they were. `origins` are all
/// zones to be served; the others are dropped.
struct Configured {
  PoolSpecs pools;
  std::vector<dns::Name> origins;
  std::map<dns::Name, SerialPolicy, dns::CanonicalLess> serial_policies = {};  // where not `file`
  GuardSpec guard = {};
  std::size_t max_probes = 1000;   // under way at once; the others wait
  std::size_t max_programs = 16;   // of exec checks, which are counted apart
  std::size_t max_wires = 10'000;  // held at once; a lower limit closes none
  std::vector<TakeOverSpec> take_overs = {};
};
/// A zone file was loaded.
struct ZoneBuilt {
  ZonePtr zone;
  std::string content = {};  // digest of the zone's records; empty: unknown
};
/// A zone has other records, whichever way they came: by an update, or by a transfer. Its pools and
/// their records are as before (edit::apply_edit() says where they are not). A version that was not
/// made of the newest one is passed over.
struct ZoneEdited {
  ZonePtr zone;              // by Zone::with() of the version of the last ZoneBuilt or ZoneEdited
  edit::ZoneEdit made;       // what changed; empty: the same content in other memory
  std::string content = {};  // as in ZoneBuilt
};
/// The result of KeepSerial effects: these ceilings are on disk; where there is a problem, the
/// others follow later.
struct SerialsKept {
  SavedSerials kept;
  std::string problem = {};  // why nothing can be written; empty: it can
};
/// What a secondary of a zone answered when it was asked for its SOA.
struct HeldSerial {
  Endpoint secondary;
  std::uint32_t serial = 0;
};
/// The serials of all secondaries of a zone that answered. The replies are known to be theirs.
struct SecondariesHold {
  dns::Name origin;
  std::vector<HeldSerial> held;
};
/// A zone file was read again and has not changed: the version that is served is the newest.
struct ZoneUnchanged {
  dns::Name origin;
};
/// A zone file has errors; an older version, if there is one, stays.
struct ZoneRefused {
  dns::Name origin;
  std::string problem;
  bool copied = false;       // the version that is served is the last good copy of the file
  bool transferred = false;  // the zone has no file: what came from a primary has errors
};
struct ProbeDone {
  RunId probe;
  health::Outcome outcome;
};
/// A wire has ended by itself, or could not be opened.
struct WireEnded {
  WireId wire;
  bool unknown = false;  // our own host lacked the resources to hold it
};
/// A file that `file` checks read was written: they run now.
struct FileChanged {
  std::string file;
};
/// What a node says of itself, by its agent; often the same as before.
struct NodeSaid {
  IpAddress node;
  NodeWords words;
  std::string said = {};  // in its own words
};
/// The end of a restart, whether the agent could be asked or not.
struct AgentReplied {
  RestartId restart;
  bool ok = false;
  std::string text;           // what it said or why it could not be asked
  pool::UnitFacts unit = {};  // what it knows of the unit
};
/// An operator wants a service restarted now.
struct RestartWanted {
  RestartId restart;  // from Roster::next_restart_id()
  IpAddress member;
  std::string service;
  std::string actor = {};  // the operator, as in OverrideWanted
};
/// The answer to an AskNode, always.
struct NodeReplied {
  AskId ask;
  bool ok = false;        // it was done, or the look was taken
  std::string text = {};  // why not
  bool reached = true;    // the agent got the request
  bool holds = false;     // of a look: the node has the floating address
  bool owner_answers =
      false;               // of a look: ping or neighbour discovery reaches the owner from there
  bool contested = false;  // of a look: another station answers for the floating address
};
/// Time has passed: a WakeAt came due.
struct Tick {};
/// The server ends: what has to survive is saved exactly.
struct Stopping {};

using Event = std::variant<Configured, ZoneBuilt, ZoneEdited, SerialsKept, SecondariesHold,
                           ZoneUnchanged, ZoneRefused, ProbeDone, WireEnded, FileChanged, NodeSaid,
                           AgentReplied, RestartWanted, NodeReplied, OverrideWanted, NormalWanted,
                           ThawWanted, Tick, Stopping>;

}  // namespace rollcall::roll
