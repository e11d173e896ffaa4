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
#include "edit/zone_edit.hpp"
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
/// Opens connections that end when the member dies, and keeps them until the first one ends
/// (WireEnded): an idle one to the member, and a stream from its agent, which watches the service's
/// process. At least one of the two is wanted. A stream that cannot be opened does not end the
/// wire.
struct HoldWire {
  WireId wire;
  Endpoint target;
  Duration limit;       // for opening the connection
  bool connect = true;  // false: the check has no connection to hold
  IpAddress member;     // whose agent is asked
  std::string service;  // that the agent watches; empty: none
};
/// Closes the wire; no WireEnded follows.
struct DropWire {
  WireId wire;
};
/// To be written to disk, in the order of these effects; SerialsKept follows. No answer waits for
/// it.
struct KeepSerial {
  dns::Name origin;
  SavedSerial serial;
};
/// The change of one watched RRset.
struct LiveChange {
  WatchId watch;
  std::uint64_t mask_before = 0;         // for queries; in a published change, for transfers
  std::uint64_t mask_after = 0;          // bit i: record i is live
  std::optional<zone::Shares> shares{};  // nothing: as before

  bool operator==(const LiveChange&) const = default;
};
/// For every LiveSink. Answers change at once. If `published`, secondaries get all changes since
/// the last serial under this one; otherwise its serial is not on disk yet, and they keep what they
/// have.
struct StoreLive {
  ZonePtr zone;
  std::vector<LiveChange> changes;
  std::uint32_t serial = 0;  // in the SOA
  bool published = true;
  /// How the version of the last serial became this one, one edit after the other; nothing: it is
  /// the same one, or it was built anew.
  std::optional<std::vector<edit::ZoneEdit>> edits = {};
  ZonePtr before = {};  // with edits: the version of the last serial; null: not known
  /// Of the content, for the view `full`: the first serial under which this content was published.
  std::optional<std::uint32_t> full_serial = {};
};
/// Follows what is live: the table that queries read, and later journals and signers. Each sink
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
/// The catalog gets this version. Null: the zone is answered with SERVFAIL.
struct PublishZone {
  dns::Name origin;
  ZonePtr zone;
  bool refused = false;  // no version, because the file has errors
  bool edited = false;   // made of the version before: published at once
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

/// What an agent is asked to do about a floating address, or about the port of a service.
enum class NodeTask : std::uint8_t { look, take, give_back, forward, end_forward };
/// Asks the agent of a node; NodeReplied follows, whatever comes of it.
struct AskNode {
  AskId ask;
  NodeTask task{};
  IpAddress node;            // whose agent
  IpAddress address = {};    // the floating one; of a forward the target
  IpAddress owner = {};      // of the floating address: the owner's own other address
  std::string service = {};  // of a forward
};

/// The answer to an OverrideWanted, NormalWanted or ThawWanted, always in the same step.
struct CommandDone {
  bool ok = false;
  std::string text;  // what was done, or why nothing was; may have several lines
};

/// A Tick is wanted at this time, instead of the one wanted before.
struct WakeAt {
  Instant at;
};
struct SaveHealth {
  SavedHealth health;
};

/// On disk at once: overrides survive a crash too.
struct SaveOverrides {
  SavedOverrides overrides;
};

/// On disk soon: what agents were asked for still counts after a restart of the server.
struct SaveRestarts {
  std::vector<SavedRestart> restarts;
};

using Effect = std::variant<StartProbe, HoldWire, DropWire, KeepSerial, StoreLive, PublishZone,
                            DropZone, SendNotify, RestartService, RestartRefused, AskNode,
                            CommandDone, Notice, WakeAt, SaveHealth, SaveOverrides, SaveRestarts>;

}  // namespace rollcall::roll
