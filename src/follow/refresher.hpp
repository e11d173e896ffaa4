/// The secondary role (RFC 1034 section 4.3.5, RFC 1996): decides when which primary is asked for
/// its serial, when a zone is transferred, and when it expires. Events in, effects out.
///
/// Owns all that is known of zones that are transferred, except their content. A round asks a
/// zone's primaries in turn until one answers and, where that one is newer, its zone is served. Any
/// trouble with IXFR means AXFR from the same primary at once.
///
/// Limitations: a primary that is behind us counts as up to date.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/instant.hpp"
#include "core/random.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "follow/effect.hpp"
#include "follow/event.hpp"

namespace rollcall::follow {

/// Transfers under way, until their zones are built: each may hold a zone in memory.
inline constexpr std::size_t kMaxTransfers = 10;
/// Of them, from one address: a primary that is slow, or means ill, leaves places for the others.
inline constexpr std::size_t kMaxTransfersOfPrimary = 5;
/// Questions under way: thousands of zones that are due together are asked for one after the other.
inline constexpr std::size_t kMaxQuestions = 50;
/// The shortest pause between rounds, whatever the SOA says.
inline constexpr Duration kMinPause = std::chrono::seconds(2);
/// The longest: a SOA with a refresh of a hundred years is a mistake.
inline constexpr Duration kMaxPause = std::chrono::days(28);
/// Between rounds that NOTIFY begins, of one zone: anybody can send one in a primary's name.
inline constexpr Duration kNotifyPause = std::chrono::seconds(5);
/// A zone that was never transferred has no SOA to go by: the pause doubles between these.
inline constexpr Duration kFirstPause = std::chrono::seconds(5);
inline constexpr Duration kMaxFirstPause = std::chrono::minutes(5);
/// At the start, the first rounds are spread over this time.
inline constexpr Duration kStartSpread = std::chrono::seconds(1);
/// How long confirmations gather before they are written to disk.
inline constexpr Duration kKeepPause = std::chrono::seconds(5);

/// What status shows of a zone.
struct FollowedState {
  std::vector<zone::Primary> primaries;
  std::optional<Endpoint> from;      // the primary of the last good round
  std::optional<Held> held;          // nothing: never transferred
  std::optional<Instant> confirmed;  // by a primary, the last time
  std::optional<Instant> expires;    // of what is held
  std::optional<Instant> next;       // round; nothing: one is under way
  bool expired = false;
  std::string problem;  // of the last round; empty: it was good
};

class Refresher {
 public:
  explicit Refresher(std::uint64_t seed) : random_(seed) {}

  /// @return what to do, valid until the next step
  std::vector<Effect>& step(const Event& event, Instant now);

  bool follows(const dns::Name& origin) const { return zones_.contains(origin); }
  bool is_expired(const dns::Name& origin) const;
  /// @return nothing where the zone is not transferred
  std::optional<FollowedState> state(const dns::Name& origin) const;
  /// Calls `each` with every zone's origin and FollowedState.
  template <class Each>
  void for_each(Each each) const {
    for (const auto& [origin, zone] : zones_) each(origin, zone->shown);
  }

 private:
  enum class Step : std::uint8_t { waits_for_copy, idle, queued, asking, fetch_queued, fetching };
  struct Zone {
    dns::StoredName origin;
    FollowedState shown;
    Step step = Step::waits_for_copy;
    VisitId visit{};
    std::size_t primary = 0;              // that is asked in this round
    std::size_t tried = 0;                // of this round
    std::size_t failures = 0;             // rounds in a row
    std::optional<std::uint32_t> limit;   // by the primary's EXPIRE, seconds
    bool whole = false;                   // the next transfer is AXFR
    bool wanted = false;                  // whatever the serial
    bool again = false;                   // something came during the round: another one follows
    bool transferred = false;             // in this round
    std::optional<std::size_t> notifier;  // of its primaries: a round is to begin with that one
    std::optional<Instant> notified;      // when NOTIFY began a round, the last time
    std::optional<Instant> due;           // its place in due_
  };
  using ZonePtr = std::unique_ptr<Zone>;
  /// The transfers from one address.
  struct Source {
    std::deque<dns::StoredName> waiting;  // zones that are gone too
    std::size_t under_way = 0;
    std::uint64_t last_visit = 0;  // that began
  };
  struct Transfer {
    dns::StoredName origin;
    IpAddress source;
  };

  void on(const Followed& event);
  void on(const CopyLoaded& event);
  void on(const CopyMissing& event);
  void on(const Notified& event);
  void on(const Answered& event);
  void on(const NotFetched& event);
  void on(const Built& event);
  void on(const NotBuilt& event);
  void on(const TransferWanted& event);
  void on(const Tick& event);

  Zone* find(const dns::Name& origin);
  Zone* end_visit(VisitId visit);
  VisitId begin_visit(Zone& zone);
  void start_soon(Zone& zone);
  void start_for_notify(Zone& zone);
  void begin_round(Zone& zone);
  void start_waiting();
  void ask(Zone& zone);
  static IpAddress source_of(const Zone& zone);
  void want_fetch(Zone& zone);
  void start_fetches();
  void fetch(Zone& zone);
  void fetch_failed(Zone& zone, const std::string& problem);
  void next_primary(Zone& zone, const std::string& problem);
  void confirm(Zone& zone, std::string text);
  void end_round(Zone& zone, Duration pause);
  Instant expires_of(const Zone& zone) const;
  void expire_if_due(Zone& zone);
  void schedule(Zone& zone);
  void keep_soon();
  Duration jittered(Duration pause);
  static Duration pause_of(std::uint32_t seconds);
  Duration pause_after_failures(const Zone& zone) const;

  Instant now_{};
  Random random_;
  std::vector<Effect> effects_;
  std::map<dns::StoredName, ZonePtr, dns::CanonicalLess> zones_;
  std::set<std::pair<Instant, Zone*>> due_;
  std::deque<dns::StoredName> questions_waiting_;  // zones that are gone too
  std::map<IpAddress, Source> sources_;            // with transfers that wait or are under way
  std::map<VisitId, dns::StoredName> questions_;   // under way
  std::map<VisitId, Transfer> fetches_;            // the same
  std::uint64_t last_visit_ = 0;
  std::optional<Instant> keep_at_;
  std::optional<Instant> wake_wanted_;
};

}  // namespace rollcall::follow
