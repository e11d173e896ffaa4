/// An owner of the pipeline: what is answered, and what secondaries get of it.
///
/// Owns zones, their versions, watches, masks and serials. Takes zones and what members are; gives
/// StoreLive, PublishZone, SendNotify. Answers never wait. A serial is published, to SOA and
/// transfers, once it is on disk; until then secondaries stay with what was published last.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pool/policy.hpp"
#include "pool/status.hpp"
#include "roll/event.hpp"
#include "roll/member_view.hpp"
#include "roll/roll.hpp"
#include "roll/step.hpp"
#include "roster/served_zone.hpp"
#include "roster/vocabulary.hpp"

namespace rollcall::roster {

inline constexpr Duration kReadyLimit = std::chrono::seconds(5);   // longest wait for a first round
inline constexpr Duration kNotifyPause = std::chrono::seconds(1);  // between batches, per zone
/// Between two serials of one zone that flips alone have moved: secondaries and their journals get
/// one change a second, however many members flap.
inline constexpr Duration kSerialPause = kNotifyPause;

/// The state of a pool, told when it changes.
struct PoolState {
  bool all_down = false;   // every one of its RRsets is (policy.hpp)
  bool on_backup = false;  // an RRset that has primary members serves its backup tier

  bool operator==(const PoolState&) const = default;
};

class ZoneBoard {
 public:
  ZoneBoard(Step& step, const Roll& roll, const MemberViews& views)
      : step_(step), roll_(roll), views_(views) {}

  void load(SavedSerials saved) { saved_ = std::move(saved); }
  void configure(const Configured& event);

  // Zones.
  bool has(ZoneIndex zone) const { return zones_.has(zone) && zones_[zone] != nullptr; }
  const ServedZone& operator[](ZoneIndex zone) const { return *zones_[zone]; }
  std::optional<ZoneIndex> find(const dns::Name& origin) const;
  /// The zones that exist.
  std::vector<ZoneIndex> zones() const;
  /// Gives the zone a place, if it has none.
  ZoneIndex place(const dns::Name& origin);
  /// Takes a version to be served. Its pools must be bound next, then serve() called.
  void take(ZoneIndex index, const ZoneBuilt& event);
  void serve(ZoneIndex index);
  /// The version that is served is the newest, and its pools have been bound again.
  void serve_again(ZoneIndex index);
  void unchanged(ZoneIndex index);
  void take(const ZoneRefused& event);
  void drop(ZoneIndex index);
  /// @return false: the edited version is not the newest one
  bool edit(ZoneIndex index, const ZoneEdited& event);
  void take(const SerialsKept& event);
  void take(const SecondariesHold& event);
  /// The time of its first round is up.
  void serve_now(ZoneIndex index);
  void notify_again(ZoneIndex index);
  void send_flips(ZoneIndex index);
  void keep_exact_serials();

  // Pools of a zone, as they are bound (pool_binding.cpp).
  std::vector<PoolIndex> exchange_pools(ZoneIndex index);
  void set_pools(ZoneIndex index, std::vector<PoolIndex> pools);
  /// Zones whose pools may have members in this one.
  std::set<ZoneIndex> zones_with_exchanges_in(ZoneIndex built) const;
  /// Zones whose pools have members at the names of these records.
  std::set<ZoneIndex> zones_with_exchanges_at(const edit::ZoneEdit& made) const;
  /// The addresses by the most specific zone above `host`; none where no such zone is served.
  std::vector<IpAddress> addresses_of(const dns::Name& host) const;
  /// @param each (pool, its former state), for the pools whose state may have changed
  void bind_watches(ZoneIndex index, const std::function<void(PoolIndex, PoolState)>& each);
  void forget(PoolIndex pool) { pools_.forget(pool); }

  // Members and pools.
  /// Counts the members of a zone that are not known yet.
  void note_observed(ZoneIndex index, State before, State now);
  /// Stores what follows from the counted members of a pool.
  /// @return how the pool was before
  PoolState renew_state(PoolIndex pool);
  void store(PoolIndex pool);
  void store_all();
  void publish_when_ready(ZoneIndex index);

  PoolState state(PoolIndex pool) const;
  /// Of a pool's records, the longest.
  Duration ttl(PoolIndex pool) const;
  bool is_live(MemberRef ref) const;
  /// By policy, whether or not it decides the answers.
  bool would_be_live(MemberRef ref) const;
  /// An RRset of a pool, and how its members vote.
  struct PoolRrset {
    WatchId watch;
    Ballot ballot;
    PoolPolicy policy;
  };
  /// Of each RRset of a pool, in their order.
  std::vector<PoolRrset> ballots(PoolIndex pool) const;

  void show(Status& status) const;
  std::uint64_t flips() const noexcept { return flips_; }
  void check_invariants() const;

 private:
  Watch bind_watch(ZoneIndex index, const zone::WatchedRrset& rrset) const;
  Ballot ballot(const Watch& watch) const;
  std::vector<std::uint16_t> record_shares(const Watch& watch) const;
  zone::Shares shares_of(const Watch& watch) const;
  Ballot answered_ballot(const Watch& watch) const;
  PoolPolicy answered_policy(const Watch& watch) const;
  bool is_all_down(PoolIndex pool) const;
  bool is_on_backup(PoolIndex pool) const;
  std::uint64_t decide(const Watch& watch) const;
  std::uint64_t evaluate(const Watch& watch) const;
  std::uint64_t follow(const Watch& watch, std::uint64_t live) const;
  bool is_in(MemberRef ref, const std::function<std::uint64_t(const Watch&)>& mask_of) const;
  void store(ZoneIndex index, const std::vector<WatchId>& watches);
  void publish(ZoneIndex index);
  void tell_served(ServedZone& zone, bool first);
  void ask_notify(ZoneIndex index);
  void forget_exchanges(ZoneIndex index);

  // served_serial.cpp
  SerialPolicy serial_policy_of(const dns::Name& origin) const;
  std::uint32_t shown_serial(const ServedZone& zone) const;
  std::uint32_t next_serial(const ServedZone& zone) const;
  bool is_as_sent(const ServedZone& zone) const;
  std::string content_of(const ServedZone& zone) const;
  SavedSerial serial_to_save(const ServedZone& zone) const;
  void keep_serials_ahead(ServedZone& zone);
  static void note_unsent(ServedZone& zone, const edit::ZoneEdit& edit);
  void note_unsent(ServedZone& zone, const std::vector<LiveChange>& changes);
  bool send_content(ServedZone& zone, std::vector<LiveChange> changes);
  bool must_wait(const ServedZone& zone) const;
  void hold_flips(ZoneIndex index, std::vector<LiveChange> changes);

  struct PoolBoard {
    std::vector<WatchId> watches;  // of its zone, whose masks depend on it
    PoolState state;
  };

  Step& step_;
  const Roll& roll_;
  const MemberViews& views_;
  std::map<dns::Name, SerialPolicy, dns::CanonicalLess> serial_policies_;  // as configured now
  SavedSerials saved_;
  std::string unkept_;  // why serials cannot be written; empty: they can
  IdVector<ZoneIndex, std::unique_ptr<ServedZone>> zones_;  // null: dropped
  std::unordered_map<dns::StoredName, ZoneIndex, dns::NameHash, std::equal_to<>> by_origin_;
  // By each exchange of a pool and each name above it: the zones that have such pools.
  std::unordered_map<dns::Name, std::set<ZoneIndex>> exchange_zones_;
  PerPool<PoolBoard> pools_;
  std::uint64_t flips_ = 0;  // masks that have changed
};

}  // namespace rollcall::roster
