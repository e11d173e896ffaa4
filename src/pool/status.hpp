/// What the roster knows, as plain values to be shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "pool/kinds.hpp"
#include "pool/notice.hpp"
#include "pool/restart_outlook.hpp"

namespace rollcall::pool {

/// Why a member that is up is left out of the answers.
enum class KeptBack : std::uint8_t { no, flapping, failback };

struct MemberStatus {
  IpAddress address;
  State observed = State::unknown;
  bool live = true;     // in the answers right now
  Duration since{};     // how long it has been observed so
  std::string reason;   // why the last probe was bad, degraded or could not be made; else empty
  std::string restart;  // the service that its agent is asked for; empty: none
  std::uint64_t probes = 0;
  std::string exchange = {};  // of a pool of MX records: the name that has this address
  OverrideKind override_kind = OverrideKind::automatic;
  std::optional<Duration> override_left = {};  // until it ends by itself, if it does
  std::string override_reason = {};            // as the operator gave it; may be empty
  Tier tier = Tier::primary;
  double flap_penalty = 0;  // returns.hpp
  KeptBack kept_back = KeptBack::no;
  std::optional<Duration> kept_left = {};  // until that ends by itself, if it does
  bool held = false;          // answers are frozen, and its earlier health counts, not `observed`
  bool would_be_live = true;  // by policy, whatever `normal` and observe_only do
  bool degraded = false;      // up, with a warning
  std::optional<std::uint8_t> percent = {};  // of its weight that the member asks for
  std::uint8_t weight = 1;
  double share = 1;        // of the answers, in weights: the part of its weight that counts now
  bool elsewhere = false;  // an exchange without an address here: it is never probed
  RestartOutlook restart_outlook = {};
};

/// A host that tells a fault of our own network from a fault of members.
struct WitnessStatus {
  IpAddress address;
  std::string check;
  std::optional<bool> answers;  // nothing: not probed yet
  bool has_vote = true;         // it has answered once, so its silence counts
};

/// The isolation guard holds the answers as they were.
struct FreezeStatus {
  FreezeFacts facts;
  Duration lasted{};
  std::size_t held = 0;  // members that went down and are still answered
};

struct PoolStatus {
  dns::Name name;
  std::string checks;  // names, joined by ", "; "2 of " before them where not all must pass
  std::string when_all_down;
  bool failed_open = false;  // every member of some RRset is down and all of it is answered
  std::vector<MemberStatus> members;
  PoolRecords records = PoolRecords::addresses;
  bool all_down = false;     // too few members of every RRset are up: when_all_down decides
  unsigned min_healthy = 0;  // percent
  bool observe_only = false;
  unsigned max_answers = 0;                      // of an RRset; 0: no limit
  dns::Name zone = {};                           // that the pool is in
  std::optional<PoolCount> all_down_count = {};  // how its members are; nothing: not all down
  bool flap_damping = false;
  bool on_backup = false;  // the backup tier serves instead of the primary
};

/// Of a zone that is transferred from primaries.
struct TransferStatus {
  Endpoint primary;                     // the one of the last good round, or the first
  std::optional<std::uint32_t> serial;  // the primary's, as of what is served; nothing: never came
  std::optional<Duration> confirmed_ago;
  std::optional<Duration> next_in;  // until a primary is asked; nothing: one is being asked
  std::optional<Duration> expires_in;
  std::string problem;  // of the last round; empty: it was good
};

struct ZoneStatus {
  dns::Name origin;
  ZoneState state = ZoneState::not_ready;
  std::uint32_t serial = 0;  // as served
  std::uint64_t records = 0;
  std::string problem;  // the first error of the last load that was refused; empty: none
  std::optional<TransferStatus> transfer = {};
};

/// A node that has a floating address, by the word of its agent.
struct FloatingHolder {
  IpAddress node;
  std::optional<Duration> lasted = {};  // since this nameserver asked the node to take it; nothing:
                                        // the node had it already
};

/// A floating address.
struct FloatingStatus {
  IpAddress address;
  IpAddress owner;                           // its own address
  State owner_health = State::unknown;       // as seen from here
  std::vector<FloatingHolder> holders = {};  // one, but after a network was split
  TakeOverFacts waits = {};                  // why no node takes it
  std::string reason = {};                   // of that, in the words of an agent
};

/// A port that leads to another node, or should.
struct ForwardStatus {
  dns::Name pool;
  IpAddress member;  // whose port it is
  std::string service;
  std::optional<IpAddress> to = {};  // where it leads; nothing: nowhere else
  Duration lasted{};                 // for how long
  bool pending = false;              // its agent is being asked to change that
  std::string problem = {};          // why the last request failed; empty: it did not
};

struct Status {
  std::string version;
  Duration uptime{};
  bool normal = false;                       // everything in the zone files is served
  std::optional<Duration> normal_left = {};  // until that ends by itself, if it does
  std::optional<FreezeStatus> frozen = {};
  std::optional<Duration> restarts_stopped = {};    // until services are restarted again
  std::optional<Duration> take_overs_stopped = {};  // until addresses are taken over again
  std::optional<Duration> forwards_stopped = {};    // until ports are forwarded again
  std::vector<FloatingStatus> floating = {};
  std::vector<ForwardStatus> forwards = {};
  std::vector<WitnessStatus> witnesses = {};
  std::vector<ZoneStatus> zones;
  std::vector<PoolStatus> pools;
};

}  // namespace rollcall::pool
