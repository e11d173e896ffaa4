/// What happens to the roster, and what it wants done: the whole border of the control plane.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "health/check.hpp"
#include "roster/guard.hpp"
#include "roster/override.hpp"
#include "roster/pool_spec.hpp"
#include "roster/saved_state.hpp"
#include "roster/serial.hpp"
#include "zone/zone.hpp"

namespace rollcall::roster {

using ProbeId = StrongId<struct ProbeIdTag, std::uint64_t>;
using RestartId = StrongId<struct RestartIdTag, std::uint64_t>;

using ZonePtr = std::shared_ptr<const zone::Zone>;

// ---- Events ----------------------------------------------------------------------------------

/// The configuration was read, at start or again. It takes hold in a zone with ZoneBuilt or
/// ZoneUnchanged: one whose file is refused keeps its pools as they were. `origins` are all zones
/// that shall be served; the others are dropped.
struct Configured {
  std::vector<PoolSpec> pools;
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
  ProbeId probe;
  health::Outcome outcome;
};
/// A HoldWire has ended by itself, or came to nothing.
struct WireEnded {
  ProbeId wire;
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

// ---- Effects, to be carried out in order ------------------------------------------------------

struct StartProbe {
  ProbeId probe;
  IpAddress member;
  Endpoint target;  // where the probe goes: the member itself, or its probe_address
  std::shared_ptr<const health::CheckSpec> check;
  std::string host;  // the check's own, else the pool's name where the check uses one
};
/// What tells of a member's death is opened and kept until one of it ends: an idle connection, and
/// a stream from its agent, which watches the service's process. See WireEnded. At least one of the
/// two is wanted; a stream that is not to be had is no end.
struct HoldWire {
  ProbeId wire;  // of the run that it belongs to
  Endpoint target;
  Duration limit;       // until the connection must stand
  bool connect = true;  // false: the check has no connection to hold
  IpAddress member;     // whose agent is asked
  std::string service;  // that it shall watch; empty: none
};
/// It is closed, and nothing is told of its end.
struct DropWire {
  ProbeId wire;
};
/// To be written, in the order of these effects; it comes back as SerialsKept. Nobody waits for it.
struct KeepSerial {
  dns::Name origin;
  SavedSerial serial;
};
/// zone->watch_table().apply(changes, serial), or withhold(changes, serial) where it is not
/// published: its serial is not on disk.
struct StoreMasks {
  ZonePtr zone;
  std::vector<zone::MaskChange> changes;
  std::uint32_t serial = 0;
  bool published = true;
};
/// zone->watch_table().apply(changes)
struct StoreShares {
  ZonePtr zone;
  std::vector<zone::ShareChange> changes;
};
/// The catalog gets this version. Null: the zone is not to be answered from (SERVFAIL).
struct PublishZone {
  dns::Name origin;
  ZonePtr zone;
  bool refused = false;  // there is none because its file has errors
};
/// The zone is no longer configured.
struct DropZone {
  dns::Name origin;
};
struct SendNotify {
  dns::Name origin;
  std::uint32_t serial = 0;
};
struct RestartService {
  RestartId restart;
  IpAddress member;
  std::string service;
};
/// The answer to a RestartWanted that begins no restart.
struct RestartRefused {
  RestartId restart;
  std::string reason;
};

/// The answer to an OverrideWanted, NormalWanted or ThawWanted, always in the same step.
struct CommandDone {
  bool ok = false;
  std::string
      text;  // what was done, or why nothing was; more lines where it is more than one thing
};

enum class HappeningKind : std::uint8_t {
  dropped,
  returned,
  degraded,
  not_degraded,
  restart_asked,
  restart_done,
  restart_failed,
  all_down,
  not_all_down,
  backup_took_over,
  backup_gave_back,
  zone_served,
  zone_refused,
  override_set,
  override_ended,
  normal_on,
  normal_off,
  frozen,
  thawed,
  witness_silent,
  witness_heard,
  state_damaged,    // a file of state_dir was set aside
  state_not_kept,   // nothing can be written to state_dir
  state_kept,       // it can again
  secondary_ahead,  // it holds a serial that is later than ours
};
/// Something that people are told: a log line, and a mail where `alert` is set.
struct Happening {
  HappeningKind kind{};
  bool alert = false;
  bool logged = false;  // when it happened: now it is an alert alone
  std::string subject;  // one line, complete in itself
  std::string detail;   // more lines, may be empty
  dns::Name name;       // the pool or zone
  std::optional<IpAddress> member;
};
/// A Tick is wanted at this time; it replaces the one wanted before.
struct WakeAt {
  Instant at;
};
struct SaveHealth {
  SavedHealth health;
};

/// On disk at once: what an operator has said holds over a crash too.
struct SaveOverrides {
  SavedOverrides overrides;
};

/// On disk soon: what was asked of an agent counts after a restart of the server, too.
struct SaveRestarts {
  std::vector<SavedRestart> restarts;
};

using Effect =
    std::variant<StartProbe, HoldWire, DropWire, KeepSerial, StoreMasks, StoreShares, PublishZone,
                 DropZone, SendNotify, RestartService, RestartRefused, CommandDone, Happening,
                 WakeAt, SaveHealth, SaveOverrides, SaveRestarts>;

const char* to_string(HappeningKind kind);

}  // namespace rollcall::roster
