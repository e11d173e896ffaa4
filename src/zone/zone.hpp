/// A zone as it is served: immutable except for its watch table, laid out for one or two cache
/// misses a query. Built by ZoneBuilder, owned by shared_ptr, freed on the control thread.
///
/// Layout. All nodes are in one arena in canonical order (RFC 4034 section 6.1), each followed by
/// its RRsets. A hash index of 8-octet slots finds a node by the hash of its name
/// (dns/name_hash.hpp). Both are the zone's base, which versions of the zone share; nodes that an
/// edit has changed are in an overlay, and where there is none, a query pays one branch for it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.hpp"
#include "core/ip_address.hpp"
#include "core/octets.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "dns/stored_name.hpp"
#include "zone/node.hpp"
#include "zone/overlay.hpp"
#include "zone/watch_table.hpp"
#include "zone/watched_rrset.hpp"

namespace rollcall::zone {

/// The SOA as it is served: with separate parts of its names, so that it fits any question.
struct SoaFields {
  dns::StoredName mname;
  dns::StoredName rname;
  // Octets before the zone's origin; the whole name where it is not at or below the origin.
  std::size_t mname_head = 0, rname_head = 0;
  std::uint32_t ttl = 0;     // seconds
  std::uint32_t serial = 0;  // as in the file; the served one is in the watch table
  std::uint32_t refresh = 0, retry = 0, expire = 0, minimum = 0;
};

/// Reads the RDATA of a SOA record for a zone of that origin.
SoaFields read_soa(Bytes rdata, std::uint32_t ttl, const dns::Name& origin);

/// What makes a new version of a zone.
struct ZoneChange {
  Overlay overlay;                    // the whole of it, not only what is new
  std::optional<SoaFields> soa = {};  // nothing: unchanged
  std::int64_t records = 0;           // more than before
  std::int64_t names = 0;             // the same
};

class Zone {
 public:
  const dns::StoredName& origin() const noexcept { return origin_; }
  const SoaFields& soa() const noexcept { return soa_; }
  std::uint64_t records() const noexcept { return record_count_; }
  std::uint64_t names() const noexcept { return name_count_; }  // with empty non-terminals
  std::size_t memory() const noexcept;                          // octets
  /// The memory that queries read, for a caller that moves it to larger pages.
  std::array<Bytes, 2> blocks() const noexcept {
    return {as_octets(base_->arena.get(), base_->arena_size),
            as_octets(base_->slots.data(), base_->slots.size())};
  }
  /// A version with the same base, pools and watch table.
  std::shared_ptr<const Zone> with(ZoneChange change) const;
  /// The same content with a base of its own and no overlay: takes time by the size of the zone.
  std::shared_ptr<const Zone> compacted() const;
  /// This version on the base of `compacted`, which was made of the older version `made_of`; its
  /// overlay has what was edited since.
  std::shared_ptr<const Zone> moved_onto(const Zone& compacted, const Zone& made_of) const;

  /// @param hash dns::hash_name(name)
  /// @param name lower-case wire form
  /// @return null where the name is not in the zone
  const NodeHeader* find(std::uint64_t hash, Bytes name) const noexcept {
    if (!overlay_.empty()) [[unlikely]]
      return find_edited(hash, name);
    return find_in_base(hash, name);
  }
  const NodeHeader* find_in_base(std::uint64_t hash, Bytes name) const noexcept {
    for (Probe at(*this, hash); const NodeHeader* node = at.next();) {
      if (same_octets(node->name(), name)) return node;
    }
    return nullptr;
  }

  /// Prefetches the place in the index of a name with that hash. In a large zone each place is a
  /// cache miss: a caller with many names prefetches all places, then guesses all nodes.
  void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(&slots_[hash & slot_mask_]);
  }
  /// The node of the name with that hash, if the zone has one; prefetches the node. Its name is not
  /// compared: two names may share half a hash.
  const NodeHeader* guess(std::uint64_t hash) const noexcept {
    if (!overlay_.empty()) [[unlikely]] {
      if (const OverlayNode* edited = guess_edited(hash)) return edited->node();
    }
    const NodeHeader* node = Probe(*this, hash).next();
    if (node == nullptr) return nullptr;
    __builtin_prefetch(node);
    __builtin_prefetch(reinterpret_cast<const std::uint8_t*>(node) + 64);  // most nodes end there
    return node;
  }

  /// The base's nodes in canonical order, the apex first; null after the last. ZoneWalk has those
  /// of the zone.
  const NodeHeader* first_in_base() const noexcept { return node_at(0); }
  const NodeHeader* next_in_base(const NodeHeader* node) const noexcept {
    return node->next == 0 ? nullptr : node_at(node->next);
  }
  const Overlay& overlay() const noexcept { return overlay_; }

  /// The live masks and the live serial: written on the roster strand, read by any thread.
  WatchTable& watch_table() const noexcept { return *watch_table_; }
  std::span<const WatchedRrset> watched() const noexcept { return *watched_; }

 private:
  friend class ZoneBuilder;
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t node = 0;  // offset in units of 4 octets, plus 1; 0: free
  };
  struct Base {
    // Nodes; offset 0 is the apex. Not a vector: it would write zeros first, over 70 MiB in a zone
    // of a million records, and its unused end would take memory too.
    std::unique_ptr<std::uint32_t[]> arena;
    std::size_t arena_size = 0;
    std::vector<Slot> slots;  // a power of two

    /// Makes room for that many nodes.
    void make_slots(std::size_t nodes);
    /// @param hash of the node's name
    void put_slot(std::uint64_t hash, std::uint32_t offset) noexcept;
  };

  Zone() = default;
  Zone(const Zone&) = default;  // for with()
  void set_base(std::shared_ptr<const Base> base);

  template <class T>
  static Bytes as_octets(const T* first, std::size_t count) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(first), count * sizeof(T)};
  }

  /// The nodes whose hash has the upper half of the wanted one, one after the other.
  class Probe {
   public:
    Probe(const Zone& zone, std::uint64_t hash) noexcept
        : zone_(zone),
          mask_(zone.slot_mask_),
          at_(hash & mask_),
          upper_(static_cast<std::uint32_t>(hash >> 32)) {}

    const NodeHeader* next() noexcept {
      while (zone_.slots_[at_].node != 0) {
        const Slot slot = zone_.slots_[at_];
        at_ = (at_ + 1) & mask_;
        if (slot.hash == upper_) return zone_.node_at(slot.node - 1);
      }
      return nullptr;
    }

   private:
    const Zone& zone_;
    std::size_t mask_;
    std::size_t at_;
    std::uint32_t upper_;
  };
  // Apart, so that a query in a zone without an overlay is not slowed by their code.
  const NodeHeader* find_edited(std::uint64_t hash, Bytes name) const noexcept;
  const OverlayNode* guess_edited(std::uint64_t hash) const noexcept;
  const NodeHeader* node_at(std::uint32_t offset) const noexcept {
    return reinterpret_cast<const NodeHeader*>(arena_ + offset);
  }

  dns::StoredName origin_;
  SoaFields soa_;
  std::uint64_t record_count_ = 0;
  std::uint64_t name_count_ = 0;
  const std::uint32_t* arena_ = nullptr;  // of the base, as the next two
  const Slot* slots_ = nullptr;
  std::size_t slot_mask_ = 0;  // the number of slots, minus 1
  Overlay overlay_;
  std::shared_ptr<const Base> base_;
  std::shared_ptr<const std::vector<WatchedRrset>> watched_;
  std::shared_ptr<WatchTable> watch_table_;
};

}  // namespace rollcall::zone
