/// What the roster wants done, in the order in which it is to be carried out.
#pragma once

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
#include "pool/notice.hpp"
#include "pool/saved_state.hpp"
#include "roll/ids.hpp"
#include "zone/shares.hpp"
#include "zone/zone.hpp"

namespace rollcall::roll {

using ZonePtr = std::shared_ptr<const zone::Zone>;

struct StartProbe {
  RunId probe;
  IpAddress member;
  Endpoint target;  // where the probe goes: the member itself, or its probe_address
  std::shared_ptr<const health::CheckSpec> check;
  std::string host;  // the check's own, else the pool's name where the check uses one
};
/// What tells of a member's death is opened and kept until one of it ends: an idle connection, and
/// a stream from its agent, which watches the service's process. See WireEnded. At least one of the
/// two is wanted; a stream that is not to be had is no end.
struct HoldWire {
  WireId wire;
  Endpoint target;
  Duration limit;       // until the connection must stand
  bool connect = true;  // false: the check has no connection to hold
  IpAddress member;     // whose agent is asked
  std::string service;  // that it shall watch; empty: none
};
/// It is closed, and nothing is told of its end.
struct DropWire {
  WireId wire;
};
/// To be written, in the order of these effects; it comes back as SerialsKept. Nobody waits for it.
struct KeepSerial {
  dns::Name origin;
  SavedSerial serial;
};
/// What changes of one watched RRset.
struct LiveChange {
  WatchId watch;
  std::uint64_t mask_before = 0;         // for queries; in a published change, for transfers
  std::uint64_t mask_after = 0;          // bit i: record i is live
  std::optional<zone::Shares> shares{};  // nothing: as before

  bool operator==(const LiveChange&) const = default;
};
/// For every LiveSink. What is answered changes at once; where it is published, secondaries get all
/// that has changed since the serial before under this one, and else stay with what they have: its
/// serial is not on disk.
struct StoreLive {
  ZonePtr zone;
  std::vector<LiveChange> changes;
  std::uint32_t serial = 0;  // that a SOA shows
  bool published = true;
};
/// Whoever follows what is live: the table that queries read, and later journals and signers. Each
/// takes the flips in order, on the roster's strand.
class LiveSink {
 public:
  virtual ~LiveSink() = default;
  virtual void take(const StoreLive& live) = 0;
};
/// The zone's own watch table, which queries and transfers read.
class WatchTableSink : public LiveSink {
 public:
  void take(const StoreLive& live) override;
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

using Effect = std::variant<StartProbe, HoldWire, DropWire, KeepSerial, StoreLive, PublishZone,
                            DropZone, SendNotify, RestartService, RestartRefused, CommandDone,
                            Notice, WakeAt, SaveHealth, SaveOverrides, SaveRestarts>;

}  // namespace rollcall::roll
