/// The roll: which pools and members there are, as the configuration and the zones say. The owners'
/// tables have what is known of members.
///
/// Changes only where a zone is built or goes (pool_binding.cpp).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/id_vector.hpp"
#include "core/ip_address.hpp"
#include "pool/pool_spec.hpp"
#include "roll/ids.hpp"

namespace rollcall::roll {

/// What identifies a member in its pool.
struct Seed {
  IpAddress address;
  std::string exchange;    // of a pool of MX records: whose address it is; else empty
  bool elsewhere = false;  // an exchange without an address here: never probed, always up

  bool operator==(const Seed&) const = default;
};

struct Member : Seed {
  Tier tier = Tier::primary;
  std::uint8_t weight = 1;  // its share of the answers
  std::string service;      // that its agent restarts; empty: none
  Endpoint probed;          // where its probes go; port 0: each check's own

  std::optional<IpAddress> address_here() const {
    return elsewhere ? std::nullopt : std::optional(address);
  }
};

/// "192.0.2.1", "mx1.example.com (192.0.2.1)".
std::string to_display(const Member& member);

/// Sets what `spec` says of a member: by its address, else by its exchange, else of the pool.
void apply_spec(const PoolSpec& spec, Member& member);

/// A pool in a zone that was built.
struct Pool {
  PoolSpec spec;
  ZoneIndex zone;
  IdVector<MemberIndex, Member> members;
};

class Roll {
 public:
  bool has(PoolIndex pool) const noexcept { return pools_.has(pool) && pools_[pool] != nullptr; }
  Pool& operator[](PoolIndex pool) { return *pools_[pool]; }
  const Pool& operator[](PoolIndex pool) const { return *pools_[pool]; }
  const Member& operator[](MemberRef ref) const { return pools_[ref.pool]->members[ref.member]; }
  /// The pools that exist.
  std::vector<PoolIndex> pools() const;

  /// The pool of a zone at this name.
  std::optional<PoolIndex> find(ZoneIndex zone, const dns::Name& name) const;
  /// One pool; more while a name moves from one zone to another. In ascending order.
  std::vector<PoolIndex> named(const dns::Name& name) const;

  PoolIndex add(ZoneIndex zone, const dns::Name& name);
  void remove(PoolIndex pool);

  /// @param visit (PoolIndex, const Pool&)
  template <class Visit>
  void each_pool(Visit visit) const {
    for (const PoolIndex pool : pools_.ids()) {
      if (pools_[pool]) visit(pool, *pools_[pool]);
    }
  }
  /// @param visit (MemberRef, const Pool&, const Member&)
  template <class Visit>
  void each_member(Visit visit) const {
    each_pool([&](PoolIndex index, const Pool& pool) {
      for (const MemberIndex m : pool.members.ids()) {
        visit(MemberRef{index, m}, pool, pool.members[m]);
      }
    });
  }

 private:
  IdVector<PoolIndex, std::unique_ptr<Pool>> pools_;  // null: forgotten
  std::unordered_multimap<dns::Name, PoolIndex> by_name_;
};

/// Where the members of a pool were before it was bound again, by their new place; nothing for new
/// members.
using FormerPlaces = IdVector<MemberIndex, std::optional<MemberIndex>>;

/// What one owner knows of each member.
template <class Row>
class PerMember {
 public:
  Row& operator[](MemberRef ref) { return rows_[ref.pool][ref.member]; }
  const Row& operator[](MemberRef ref) const { return rows_[ref.pool][ref.member]; }

  /// Members that stay keep their rows; new members get fresh ones.
  void rebind(PoolIndex pool, const FormerPlaces& former) {
    if (!rows_.has(pool)) rows_.resize(pool.value + 1);
    left_ = std::exchange(rows_[pool], {});
    IdVector<MemberIndex, Row>& rows = rows_[pool];
    rows.reserve(former.size());
    for (const std::optional<MemberIndex>& was : former) {
      rows.push_back(was ? std::move(left_[*was]) : Row{});
    }
  }
  /// The row of a member that left its pool at the last rebind().
  /// @param was its place until then
  Row& left(MemberIndex was) { return left_[was]; }
  void forget(PoolIndex pool) {
    if (rows_.has(pool)) rows_[pool] = {};
  }

 private:
  IdVector<PoolIndex, IdVector<MemberIndex, Row>> rows_;
  IdVector<MemberIndex, Row> left_;
};

/// What one owner knows of each pool.
template <class Row>
class PerPool {
 public:
  Row& operator[](PoolIndex pool) {
    if (!rows_.has(pool)) rows_.resize(pool.value + 1);
    return rows_[pool];
  }
  /// Null: the owner knows nothing of it.
  const Row* find(PoolIndex pool) const { return rows_.has(pool) ? &rows_[pool] : nullptr; }
  void forget(PoolIndex pool) {
    if (rows_.has(pool)) rows_[pool] = {};
  }

 private:
  IdVector<PoolIndex, Row> rows_;
};

}  // namespace rollcall::roll
