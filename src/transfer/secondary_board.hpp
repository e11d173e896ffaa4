/// What is known of the secondaries of all zones, and what they are told and asked next.
///
/// After a new serial a secondary gets NOTIFY until it answers, and is then asked for its SOA until
/// it serves that serial. Each message and its answer is an errand, which the caller runs. A
/// secondary that is silent gets one errand at a time, at ever longer pauses, however many zones it
/// has, and delays no other one.
///
/// Control thread only. Pure: the time is an argument.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/stored_name.hpp"
#include "transfer/secondary_record.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::transfer {

/// Errands under way: each holds a socket.
inline constexpr std::size_t kMaxErrands = 256;
/// The same, of one secondary: as many as BIND sends in a second and more, and no flood.
inline constexpr std::size_t kMaxErrandsOfOne = 32;
/// Unanswered errands in a row that make a secondary a silent one.
inline constexpr unsigned kSilentAfter = 3;
/// The longest pause of a silent secondary. It asks for the SOA itself when it starts.
inline constexpr Duration kMaxSilentPause = std::chrono::minutes(1);

class SecondaryBoard {
 public:
  /// The secondaries of a zone from now on; what is known of those that stay is kept.
  /// @param lag how long one may be behind until that is told
  void configure(const dns::StoredName& origin, const std::vector<zone::Secondary>& secondaries,
                 Duration lag, Instant now);
  /// The zone is no longer served.
  void forget(const dns::StoredName& origin);

  /// These serials are what SOA and transfers show from now on: in the live view and in the full.
  void publish(const dns::StoredName& origin, std::uint32_t serial, std::uint32_t full,
               Instant now);
  /// The secondaries are to get NOTIFY.
  void notify(const dns::StoredName& origin, Instant now);
  /// A secondary has answered with this serial.
  void holds(const dns::StoredName& origin, const Endpoint& secondary, std::uint32_t serial);
  /// A client has transferred the zone.
  void transferred(const dns::StoredName& origin, const TakenTransfer& taken, Instant now);

  /// The errands that are due; ended() must follow each.
  std::vector<Errand> next(Instant now);
  /// @return true where NOTIFY has been tried often enough to say so, once until it is answered
  bool ended(const Errand& errand, const ErrandEnd& end, Instant now);
  /// Who lags for too long, and who no longer does: each once.
  std::vector<LagNews> news(Instant now);
  /// When next() or news() will have something to say.
  std::optional<Instant> wake_at() const;

  /// All that is known, by zone; of one zone where it is given.
  std::vector<SecondaryRecord> records(const std::optional<dns::Name>& zone, Instant now) const;

 private:
  using FollowerId = std::uint64_t;
  using Agenda = std::set<std::pair<Instant, FollowerId>>;
  enum class Work : std::uint8_t { none, notify, ask };

  /// A secondary of one zone.
  struct Follower {
    dns::StoredName origin;
    zone::Secondary secondary;
    SecondaryFacts facts;
    std::optional<Instant> behind_since;  // nothing: it has what is published
    bool told = false;                    // that it lags
    std::optional<Instant> alarm;         // in alarms_
    Work work = Work::none;
    unsigned tries = 0;
    std::optional<Instant> due;  // in its lane
    std::uint64_t turn = 0;      // of the errand under way whose end counts
    bool said_silent = false;    // that NOTIFY is not answered
  };
  struct PublishedSerial {
    std::uint32_t serial = 0;
    Instant at{};
  };
  using Serials = std::vector<PublishedSerial>;  // the newest last
  struct Board {
    Serials live, full;
    Duration lag{};
    std::vector<FollowerId> followers;
  };
  /// The errands of one secondary, whatever the zone.
  struct Lane {
    Agenda due;
    std::size_t running = 0;
    unsigned unanswered = 0;  // in a row
    Instant paused_until{};
    std::optional<Instant> listed;  // in lanes_due_
  };

  Board* find(const dns::StoredName& origin);
  std::optional<FollowerId> find(const Board& board, const Endpoint& secondary) const;
  void add(Board& board, const dns::StoredName& origin, const zone::Secondary& secondary,
           Instant now);
  void remove(FollowerId id);
  void set_work(FollowerId id, Work work, Instant due);
  void put_off(FollowerId id, std::optional<Instant> due);
  void list(const Endpoint& secondary);
  void settle(FollowerId id, std::uint32_t serial);
  void set_behind(FollowerId id, std::optional<Instant> since);
  static Serials& serials_of(Board& board, const Follower& follower) {
    return follower.secondary.view == zone::View::full ? board.full : board.live;
  }
  static const Serials& serials_of(const Board& board, const Follower& follower) {
    return follower.secondary.view == zone::View::full ? board.full : board.live;
  }
  void trim(Board& board) const;
  bool note_end(FollowerId id, const Errand& errand, const ErrandEnd& end, Instant now);
  bool note_silence(FollowerId id, Instant now);
  void ask_again(FollowerId id, Instant now);
  Errand errand_of(FollowerId id);
  LagNews news_of(FollowerId id, bool lags, Instant now) const;

  std::unordered_map<dns::StoredName, Board, dns::NameHash, std::equal_to<>> boards_;
  std::unordered_map<FollowerId, Follower> followers_;
  std::map<Endpoint, Lane> lanes_;
  std::set<std::pair<Instant, Endpoint>> lanes_due_;  // those that have room
  Agenda alarms_;
  std::set<FollowerId> caught_up_;  // to be told
  std::size_t running_ = 0;
  FollowerId last_id_ = 0;
  std::uint64_t last_turn_ = 0;
};

}  // namespace rollcall::transfer
