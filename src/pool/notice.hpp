/// What people are told, as data. notice_text.cpp makes English of it; JSON, metrics and tests use
/// the data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "pool/isolation.hpp"
#include "pool/kinds.hpp"
#include "pool/unit_facts.hpp"

namespace rollcall::pool {

enum class NoticeKind : std::uint8_t {
  dropped,
  returned,
  degraded,
  not_degraded,
  restart_asked,
  restart_done,
  restart_failed,
  restart_waits,     // for a pool that the member's pool needs
  restart_given_up,  // what three restarts did not mend, a person must
  restarts_stopped,  // all of them: the last ones have not helped
  restarts_go_on,
  take_over_asked,
  taken_over,
  take_over_failed,
  take_over_waits,  // the owner is silent, and nobody takes its address all the same
  given_back,       // the owner has its address
  not_given_back,
  take_overs_stopped,  // all of them: the last ones have failed
  take_overs_go_on,
  forward_asked,
  forwarded,
  forward_failed,
  forward_ended,
  forwards_stopped,  // all of them: the last requests have failed
  forwards_go_on,
  all_down,
  not_all_down,
  backup_took_over,
  backup_gave_back,
  zone_served,
  zone_refused,
  zone_expired,    // no primary has confirmed it for too long
  zone_confirmed,  // a primary has confirmed a zone that had expired
  override_set,
  override_ended,
  normal_on,
  normal_off,
  frozen,
  thawed,
  witness_silent,
  witness_heard,
  state_damaged,        // a file of state_dir was set aside
  state_not_kept,       // nothing can be written to state_dir
  state_kept,           // state_dir can be written again
  secondary_ahead,      // a secondary holds a serial that is later than ours
  secondary_lags,       // a secondary has been behind for too long
  secondary_caught_up,  // it is no longer
};

/// "dropped", "returned", ...
const char* to_string(NoticeKind kind);

/// How many members of a pool are in which state, without the fallback tier.
struct PoolCount {
  enum Kind : std::size_t { drained, forced_down, down, kept_back, usable, kKinds };

  std::array<std::size_t, kKinds> of{};
  std::size_t primaries = 0;
  std::size_t primaries_up = 0;
  unsigned min_healthy = 0;   // percent
  bool some_drained = false;  // but not all; here the fallback tier counts too
  WhenAllDown when_all_down = WhenAllDown::fail_open;
  bool observe_only = false;

  bool operator==(const PoolCount&) const = default;
};

/// What becomes of a member in the answers.
enum class Fate : std::uint8_t {
  answered,
  left_out,
  overridden,      // as an operator says
  normal,          // answered: everything is
  frozen,          // as before
  would_answer,    // if its pool did not only observe
  would_leave,     // left out, if its pool did not only observe
  pool_all_down,   // as the pool's when_all_down says
  exchange_stays,  // answered: another address of its exchange is up
  too_few,         // too few members of its RRset are up
  damped,          // kept back: it went down too often
  waits,           // kept back: its pool's failback
  not_needed,      // of a lower tier
  released,        // no longer kept back
};

struct MemberFacts {
  Fate fate = Fate::answered;
  OverrideKind override_kind = OverrideKind::automatic;
  Tier tier = Tier::primary;
  std::optional<Duration> left = {};  // of `damped` and `waits`; nothing: no end
  std::string service = {};           // that its agent restarts
  PoolCount pool = {};

  bool operator==(const MemberFacts&) const = default;
};
struct PoolFacts {
  PoolCount pool;
  bool normal = false;  // everything is answered

  bool operator==(const PoolFacts&) const = default;
};
struct RestartFacts {
  enum class Refusal : std::uint8_t { none, pool_is_busy, no_member };

  std::string service;
  Refusal refusal = Refusal::none;
  dns::Name busy = {};    // the pool
  dns::Name needs = {};   // the pool that is down
  std::size_t tries = 0;  // restarts that have not helped
  UnitFacts unit = {};    // once it was restarted

  bool operator==(const RestartFacts&) const = default;
};
struct ZoneFacts {
  enum class Served : std::uint8_t { first, again, older, copy, none, expired, confirmed };

  Served served = Served::none;
  std::uint32_t serial = 0;
  std::uint64_t records = 0;
  bool transferred = false;  // refused: what came from a primary, not a file

  bool operator==(const ZoneFacts&) const = default;
};
struct OverrideFacts {
  enum class Cause : std::uint8_t { an_operator, time_is_up, gone };

  OverrideKind kind = OverrideKind::automatic;
  Cause cause = Cause::an_operator;
  std::vector<std::string> members;
  std::optional<Duration> lasts = {};

  bool operator==(const OverrideFacts&) const = default;
};
struct NormalFacts {
  enum class Cause : std::uint8_t { an_operator, time_is_up, last_run };

  Cause cause = Cause::an_operator;
  std::optional<Duration> lasts = {};

  bool operator==(const NormalFacts&) const = default;
};
struct FreezeFacts {
  Isolation why = Isolation::none;
  std::size_t fallen = 0;
  std::size_t members = 0;
  Duration window{};          // in which they fell
  std::size_t witnesses = 0;  // that have a vote

  bool operator==(const FreezeFacts&) const = default;
};
struct ThawFacts {
  enum class Cause : std::uint8_t { all_up, none_left, witness, an_operator };

  Cause cause = Cause::all_up;
  std::size_t held = 0;  // members that were held
  bool afresh = false;   // the held members are probed anew

  bool operator==(const ThawFacts&) const = default;
};
struct WitnessFacts {
  std::string check;
  bool has_vote = false;
  bool unwitnessed = false;  // no witness has a vote

  bool operator==(const WitnessFacts&) const = default;
};
struct SecondaryFacts {
  Endpoint secondary;
  std::uint32_t serial = 0;  // that the secondary holds
  std::uint32_t ours = 0;
  std::optional<std::uint32_t> past = {};  // our next serial; nothing: none is late enough
  bool unknown = false;                    // it has not said which serial it holds
  std::optional<Duration> lag = {};        // for how long it has been behind

  bool operator==(const SecondaryFacts&) const = default;
};
/// Of a floating address: the notice's member.
struct TakeOverFacts {
  /// What keeps everybody from taking it.
  enum class Wait : std::uint8_t { none, owner_answers, just_moved, frozen, nobody };

  IpAddress owner = {};                // the owner's own address
  std::optional<IpAddress> node = {};  // that takes it, or had it
  Wait wait = Wait::none;
  std::optional<Duration> left = {};  // of `just_moved`

  bool operator==(const TakeOverFacts&) const = default;
};
struct ForwardFacts {
  std::string service;
  std::optional<IpAddress> to = {};  // nothing: the forward ends

  bool operator==(const ForwardFacts&) const = default;
};
using NoticeFacts = std::variant<std::monostate, MemberFacts, PoolFacts, RestartFacts, ZoneFacts,
                                 OverrideFacts, NormalFacts, FreezeFacts, ThawFacts, WitnessFacts,
                                 SecondaryFacts, TakeOverFacts, ForwardFacts>;

/// A log line, and a mail where `alert` is set.
struct Notice {
  NoticeKind kind{};
  bool alert = false;
  bool logged = false;                   // already, when it happened: now only an alert
  dns::Name name = {};                   // the pool or zone
  std::optional<IpAddress> member = {};  // or the witness
  std::string exchange = {};             // of a pool of MX records: the member's
  std::string reason = {};               // in the words of a probe, an agent, a file or an operator
  std::string actor = {};                // the operator who did it, if known
  NoticeFacts facts = {};

  bool operator==(const Notice&) const = default;
};

/// "none", "owner_answers", "just_moved", "frozen", "nobody".
const char* to_string(TakeOverFacts::Wait wait);

/// One line, complete in itself.
std::string subject_of(const Notice& notice);
/// More lines; may be empty.
std::string detail_of(const Notice& notice);

/// The facts of a notice by key: all but its kind, name, member and texts.
using FieldValue = std::variant<std::string, std::int64_t, bool>;
using Fields = std::vector<std::pair<std::string_view, FieldValue>>;
Fields fields_of(const Notice& notice);

/// Why a pool is all down: "no usable member: all 2 are drained", "no usable member: 1 drained,
/// 2 down", "too few usable members: 1 of 3 is up, 60 % are needed".
std::string why_all_down(const PoolCount& pool);
/// "returning all (fail_open)", "returning all but the drained (fail_open)",
/// "returning the fallback", "returning none (fail_closed)".
std::string answer_when_all_down(const PoolCount& pool);
/// "192.0.2.1, 192.0.2.2 and 3 more": a log line has room for so many.
std::string joined(const std::vector<std::string>& members);
/// "3 of 4 members went down within 10s", "members go down, and no witness responds"
std::string why_frozen(const FreezeFacts& freeze);

}  // namespace rollcall::pool
