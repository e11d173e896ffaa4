/// A zone as it is served: immutable but for its watch table, laid out for one or two cache misses
/// a query. Built by ZoneBuilder, owned by shared_ptr, freed on the control thread.
///
/// Layout. All nodes stand in one arena in canonical order (RFC 4034 section 6.1), each followed by
/// its RRsets. A hash index of 8-octet slots finds a node by the hash of its name
/// (dns/name_hash.hpp).
///
/// The records of an RRset are prerendered and contiguous:
///   owner pointer (2) | TYPE (2) | CLASS (2) | TTL (4) | RDLENGTH (2) | RDATA
/// The owner pointer is C0 0C: the question. An in-zone name at the end of an RDATA that may be
/// compressed (NS CNAME PTR MX) is cut before the origin and ends in a pointer to where the origin
/// stands when the owner is the question: 12 + size of owner - size of origin. A reader that puts
/// the owner or the origin elsewhere in its message patches both (see Records::origin_pointer).
/// SOA is never cut.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.hpp"
#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::zone {

inline constexpr std::uint32_t kNoWatch = 0xffffffff;
inline constexpr std::size_t kRecordHeaderSize = 12;  // owner pointer to RDLENGTH

/// An RRset in the arena. Its records follow this header.
struct RrsetHeader {
  dns::Type type;
  std::uint16_t count;           // records
  std::uint32_t ttl;             // seconds
  std::uint32_t size;            // octets of all records
  std::uint16_t record_size;     // octets of each record where all are equal, else 0
  std::uint16_t origin_pointer;  // what the records' RDATA end in where they are cut; 0: none is
  std::uint32_t watch;           // index into the watch table, or kNoWatch

  Bytes records() const noexcept { return {reinterpret_cast<const std::uint8_t*>(this + 1), size}; }
  bool watched() const noexcept { return watch != kNoWatch; }
};
static_assert(sizeof(RrsetHeader) == 20);

/// True where this prerendered record ends in a pointer to the origin. A name that is written in
/// full ends in a zero octet, and the builder does not cut where the pointer would.
inline bool ends_in_origin_pointer(const RrsetHeader& rrset, Bytes record) noexcept {
  return rrset.origin_pointer != 0 && record.back() != 0;
}

enum NodeFlag : std::uint8_t {
  kZoneCut = 1,        // NS below the apex: a referral (RFC 1034 section 4.2.1)
  kBelowCut = 2,       // beneath a zone cut: glue or occluded
  kWildcardChild = 4,  // "*." + this name exists (RFC 4592 section 2.1.1)
  kCname = 8,
  kDname = 16,
  kBelowDname = 32,  // occluded by a DNAME above (RFC 6672 section 2.4)
};

/// A node with any of these is not answered from as data of the zone.
inline constexpr std::uint8_t kNotAuthoritative = kZoneCut | kBelowCut | kBelowDname;

/// A node in the arena: this header, its name in lower-case wire form padded to 4 octets, its
/// RRsets, each padded to 4 octets. An empty non-terminal has no RRset.
struct NodeHeader {
  std::uint32_t hash;  // the upper half of the name's hash
  std::uint32_t next;  // offset of the next node in canonical order, in units of 4 octets; 0: none
  std::uint16_t rrsets;
  std::uint8_t flags;
  std::uint8_t name_size;

  Bytes name() const noexcept {
    return {reinterpret_cast<const std::uint8_t*>(this + 1), name_size};
  }
  bool has(NodeFlag flag) const noexcept { return (flags & flag) != 0; }
  const RrsetHeader* first() const noexcept {
    return reinterpret_cast<const RrsetHeader*>(reinterpret_cast<const std::uint8_t*>(this + 1) +
                                                ((name_size + 3U) & ~3U));
  }
  /// @return null where the node has no RRset of that type
  const RrsetHeader* find(dns::Type type) const noexcept;
};
static_assert(sizeof(NodeHeader) == 12);

inline const RrsetHeader* next_rrset(const RrsetHeader* rrset) noexcept {
  return reinterpret_cast<const RrsetHeader*>(reinterpret_cast<const std::uint8_t*>(rrset + 1) +
                                              ((rrset->size + 3U) & ~3U));
}

inline const RrsetHeader* NodeHeader::find(dns::Type type) const noexcept {
  const RrsetHeader* rrset = first();
  for (unsigned i = 0; i < rrsets; ++i, rrset = next_rrset(rrset)) {
    if (rrset->type == type) return rrset;
  }
  return nullptr;
}

/// The SOA as it is served: name parts apart, so that it can be written behind any question.
struct SoaFields {
  dns::Name mname;
  dns::Name rname;
  std::uint32_t ttl = 0;     // seconds
  std::uint32_t serial = 0;  // as in the file; the served one is in the watch table
  std::uint32_t refresh = 0, retry = 0, expire = 0, minimum = 0;
};

/// A pool, or a follower of pools, as the builder found it in the zone.
struct WatchedRecord {
  std::optional<IpAddress> address;   // of A and AAAA
  std::optional<dns::Name> target;    // of MX, SRV, NS, ...: the pool in this zone that it leads to
  std::optional<dns::Name> exchange;  // of the MX records that are a pool themselves

  /// Of a pool's own records, not of a follower's.
  bool is_member() const noexcept { return address || exchange; }
};

struct WatchedRrset {
  WatchId id;
  dns::Name owner;
  dns::Type type;
  std::vector<WatchedRecord> records;  // record i is bit i of the mask; 64 at the most
};

class Zone {
 public:
  const dns::Name& origin() const noexcept { return origin_; }
  const SoaFields& soa() const noexcept { return soa_; }
  std::uint64_t records() const noexcept { return record_count_; }
  std::uint64_t names() const noexcept { return name_count_; }  // with empty non-terminals
  std::size_t memory() const noexcept;                          // octets

  /// @param hash dns::hash_name(name)
  /// @param name lower-case wire form
  /// @return null where the name is not in the zone
  const NodeHeader* find(std::uint64_t hash, Bytes name) const noexcept;
  /// Lets the memory come that find() will look at first, its place in the index, and then, once
  /// that is there, the node: in a large zone both are elsewhere each time.
  void prefetch_slot(std::uint64_t hash) const noexcept;
  void prefetch_node(std::uint64_t hash) const noexcept;
  const NodeHeader& apex() const noexcept { return *first_node(); }
  /// Nodes in canonical order, the apex first; null behind the last.
  const NodeHeader* first_node() const noexcept;
  const NodeHeader* next_node(const NodeHeader* node) const noexcept;

  /// The live masks and the live serial: written on the roster strand, read by anyone.
  WatchTable& watch_table() const noexcept { return *watch_table_; }
  std::span<const WatchedRrset> watched() const noexcept { return watched_; }

 private:
  friend class ZoneBuilder;
  Zone() = default;

  dns::Name origin_;
  SoaFields soa_;
  std::uint64_t record_count_ = 0;
  std::uint64_t name_count_ = 0;
  // Nodes; offset 0 is the apex. No vector: it would write zeros first, over 70 MiB in a zone of a
  // million records, and what was asked for and not needed would count as its memory.
  std::unique_ptr<std::uint32_t[]> arena_;
  std::size_t arena_size_ = 0;
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t node = 0;  // offset in units of 4 octets, plus 1; 0: free
  };
  std::vector<Slot> slots_;  // a power of two
  std::vector<WatchedRrset> watched_;
  std::unique_ptr<WatchTable> watch_table_;
};

}  // namespace rollcall::zone
