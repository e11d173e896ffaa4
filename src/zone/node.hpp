/// The layout of a zone's arena: nodes, and their RRsets as they go into a response.
///
/// The records of an RRset are prerendered and contiguous:
///   owner pointer (2) | TYPE (2) | CLASS (2) | TTL (4) | RDLENGTH (2) | RDATA
/// The owner pointer is C0 0C: the question. An in-zone name at the end of an RDATA that may be
/// compressed (NS CNAME PTR MX) is cut before the origin and ends in a pointer to the place of the
/// origin when the owner is the question: 12 + size of owner - size of origin. A reader that puts
/// the owner or the origin elsewhere in its message patches both (see RrsetHeader::origin_pointer).
/// SOA is never cut.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/bytes.hpp"
#include "core/octets.hpp"
#include "dns/record_type.hpp"

namespace rollcall::zone {

inline constexpr std::uint32_t kNoWatch = 0xffffffff;
inline constexpr std::size_t kRecordHeaderSize = 12;  // owner pointer to RDLENGTH

/// The size of the prerendered record that starts at `record`.
inline std::size_t record_size(const std::uint8_t* record) noexcept {
  return kRecordHeaderSize + load_u16(record + kRecordHeaderSize - 2);
}

/// An RRset in the arena. Its records follow this header.
struct RrsetHeader {
  dns::Type type;
  std::uint16_t count;           // records
  std::uint32_t ttl;             // seconds
  std::uint32_t size;            // octets of all records
  std::uint16_t record_size;     // octets of each record where all are equal, else 0
  std::uint16_t origin_pointer;  // at the end of the RDATA of cut records; 0: none is cut
  std::uint32_t watch;           // index into the watch table, or kNoWatch

  Bytes records() const noexcept { return {reinterpret_cast<const std::uint8_t*>(this + 1), size}; }
  bool watched() const noexcept { return watch != kNoWatch; }
};
static_assert(sizeof(RrsetHeader) == 20);

/// True where this prerendered record ends in a pointer to the origin. An uncut name ends in a zero
/// octet, and the builder does not cut where the pointer would end in one.
inline bool ends_in_origin_pointer(const RrsetHeader& rrset, Bytes record) noexcept {
  return rrset.origin_pointer != 0 && record.back() != 0;
}

enum NodeFlag : std::uint8_t {
  kZoneCut = 1,        // NS below the apex: a referral (RFC 1034 section 4.2.1)
  kBelowCut = 2,       // below a zone cut: glue or occluded
  kWildcardChild = 4,  // "*." + this name exists (RFC 4592 section 2.1.1)
  kCname = 8,
  kDname = 16,
  kBelowDname = 32,  // occluded by a DNAME above (RFC 6672 section 2.4)
  kSpelled = 64,     // its source writes it with capitals: their places follow the RRsets
};

/// A node with any of these flags has no data of the zone to answer from.
inline constexpr std::uint8_t kNotAuthoritative = kZoneCut | kBelowCut | kBelowDname;

/// A node in the arena: this header, its name in lower-case wire form padded to 4 octets, its
/// RRsets, each padded to 4 octets. An empty non-terminal has no RRset. With kSpelled a bit for
/// each octet of the name follows, set where the octet is a capital letter; the origin has none.
struct NodeHeader {
  std::uint32_t next;  // offset of the next node in canonical order, in units of 4 octets; 0: none
  std::uint32_t children;  // nodes one label below
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

/// The units of 4 octets with a bit for each octet of a name.
constexpr std::size_t spelling_units(std::size_t name_size) noexcept {
  return (name_size + 31) / 32;
}

/// Behind the last RRset of a node.
inline const std::uint32_t* spelling_of(const NodeHeader& node) noexcept {
  const RrsetHeader* end = node.first();
  for (unsigned i = 0; i < node.rrsets; ++i) end = next_rrset(end);
  return reinterpret_cast<const std::uint32_t*>(end);
}

/// The size of a node in units of 4 octets.
inline std::size_t node_units(const NodeHeader& node) noexcept {
  const auto units =
      static_cast<std::size_t>(spelling_of(node) - reinterpret_cast<const std::uint32_t*>(&node));
  return units + (node.has(kSpelled) ? spelling_units(node.name_size) : 0);
}

/// Writes the first octets of a node's name as its source spells them (RFC 4343 section 4.1).
inline void spell(const NodeHeader& node, std::uint8_t* to, std::size_t octets) noexcept {
  const Bytes name = node.name().first(octets);
  if (!name.empty()) std::memcpy(to, name.data(), octets);
  if (!node.has(kSpelled)) return;
  const std::uint32_t* bits = spelling_of(node);
  for (std::size_t i = 0; i < octets; ++i) {
    if ((bits[i / 32] >> (i % 32) & 1) != 0) to[i] = static_cast<std::uint8_t>(to[i] - 'a' + 'A');
  }
}

}  // namespace rollcall::zone
