/// The records of a zone between parser and builder: collected, then put in canonical order.
///
/// A node and its records are in one arena in the order of the file, so that the records that a
/// zone file has for a name in one place share one or two cache lines. The facts about a node that
/// passes use most often (its flags, the types it has) are in the node itself.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "dns/name.hpp"
#include "dns/query_name.hpp"
#include "dns/record_type.hpp"
#include "dns/stored_name.hpp"
#include "zone/draft_arena.hpp"
#include "zone/parser.hpp"
#include "zone/source.hpp"

namespace rollcall::zone {

using DraftRef = DraftArena::Ref;
inline constexpr DraftRef kNoDraft = DraftArena::kNone;

/// A record: this header, then its RDATA.
struct DraftRecord {
  DraftRef next;      // the node's next record: in the order of the file; once finished, by type
  std::uint32_t ttl;  // seconds
  SourceMark mark;
  dns::Type type;
  std::uint16_t size;  // octets of RDATA

  Bytes rdata() const noexcept { return {reinterpret_cast<const std::uint8_t*>(this + 1), size}; }
};

/// What a node has: most checks need not look at its records.
enum DraftKind : std::uint8_t {
  kHasNs = 1,
  kHasAddress = 2,  // A or AAAA
  kHasAlias = 4,    // CNAME or DNAME
  kHasTarget = 8,   // MX, SRV, SVCB, HTTPS: names whose addresses are needed
  kHasSoa = 16,
  kHasPointer = 32,  // PTR
};

/// A name: this header, then its wire form in lower case.
struct DraftNode {
  std::uint64_t hash;  // dns::hash_name
  DraftRef first;      // record; kNoDraft: an empty non-terminal
  DraftRef last;       // record, while collecting
  DraftRef next;       // node, in the order of the file
  std::uint8_t name_size;
  std::uint8_t flags;  // NodeFlag
  std::uint8_t kinds;  // DraftKind

  Bytes name() const noexcept {
    return {reinterpret_cast<const std::uint8_t*>(this + 1), name_size};
  }
  bool has(DraftKind kind) const noexcept { return (kinds & kind) != 0; }
};

/// The records of one node or one RRset.
using DraftRecords = std::span<const DraftRecord* const>;

class Draft {
 public:
  explicit Draft(const dns::Name& origin);

  /// Adds a record; one outside the zone is ignored with a warning.
  void add(const ParsedRecord& record, Findings& findings);

  /// Sorts nodes and records, drops duplicates, gives each RRset its lowest TTL and each signature
  /// the TTL of the RRset that it covers, and sets the flags of the nodes. Call once, before
  /// anything below.
  void finish(Findings& findings);

  const dns::Name& origin() const noexcept { return origin_; }
  std::span<const DraftRef> nodes() const noexcept { return order_; }  // canonical, apex first
  const DraftNode& node(DraftRef ref) const noexcept { return *arena_.at<DraftNode>(ref); }
  const DraftNode& apex() const noexcept { return node(apex_); }
  /// Calls `each` with every node in the order of the file, which is that of memory.
  template <class Each>
  void for_each_node(Each each) const {
    for (DraftRef ref = apex_; ref != kNoDraft; ref = node(ref).next) each(node(ref));
  }
  /// @param name lower-case wire form
  DraftRef find(Bytes name) const noexcept;
  /// The node's records by type, then by canonical RDATA (RFC 4034 section 6.3), into `out`.
  void collect(const DraftNode& node, std::vector<const DraftRecord*>& out) const;
  /// The records of one type at a node; empty where there are none.
  std::vector<const DraftRecord*> rrset(const DraftNode& node, dns::Type type) const;
  /// Records whose owner is the word of a class.
  std::span<const std::pair<DraftRef, DraftRef>> class_words() const noexcept {
    return class_words_;  // node, record
  }
  const DraftRecord& record(DraftRef ref) const noexcept { return *arena_.at<DraftRecord>(ref); }
  std::uint64_t record_count() const noexcept { return record_count_; }
  std::uint64_t rdata_octets() const noexcept { return rdata_octets_; }  // with duplicates
  std::uint64_t name_octets() const noexcept { return name_octets_; }
  /// The owner of the node's first record in the file; only of a node with kSpelled.
  const dns::StoredName& spelling(const DraftNode& node) const { return spellings_.at(&node); }
  std::size_t spelling_count() const noexcept { return spellings_.size(); }

 private:
  struct Slot {
    std::uint32_t hash = 0;  // the upper half
    DraftRef node = kNoDraft;
  };

  DraftNode& edit(DraftRef ref) noexcept { return *arena_.at<DraftNode>(ref); }
  DraftRecord& edit_record(DraftRef ref) noexcept { return *arena_.at<DraftRecord>(ref); }
  DraftRef find(std::uint64_t hash, Bytes name) const noexcept;
  DraftRef find_or_add(const dns::QueryName& name);
  DraftRef add_node(std::uint64_t hash, Bytes name);
  void put_slot(Slot slot) noexcept;
  void grow_slots();
  void append(DraftRef node, const ParsedRecord& record);

  void sort_nodes();
  void settle_node(DraftNode& node, Findings& findings);
  void drop_duplicate(DraftRecord& kept, const DraftRecord& dropped, Findings& findings);
  void settle_ttls(std::span<const DraftRef> rrset, Findings& findings);
  void settle_signatures(Findings& findings);
  void match_ttl(std::span<const DraftRef> signatures, const DraftRecord& covered,
                 Findings& findings);
  bool canonical_less(const DraftRecord& a, const DraftRecord& b);
  void set_cuts();

  dns::Name origin_;  // lower case
  DraftArena arena_;
  DraftRef apex_ = kNoDraft;
  DraftRef newest_ = kNoDraft;   // node
  DraftRef current_ = kNoDraft;  // node of the previous record; kNoDraft: it was outside the zone
  dns::QueryName owner_;         // scratch of add
  std::vector<Slot> slots_;      // a power of two
  std::vector<DraftRef> order_;
  std::vector<std::pair<DraftRef, DraftRef>> class_words_;
  std::unordered_map<const DraftNode*, dns::StoredName> spellings_;
  std::vector<DraftRef> own_;               // scratch of settle_node
  std::vector<std::uint8_t> left_, right_;  // scratch of canonical_less
  std::uint64_t node_count_ = 0;
  std::uint64_t record_count_ = 0;
  std::uint64_t rdata_octets_ = 0;
  std::uint64_t name_octets_ = 0;
  bool has_cuts_ = false;  // a DNAME, or an NS below the apex
  bool full_ = false;
};

/// Calls `each` with every RRset of sorted records.
template <class Each>
void for_each_rrset(DraftRecords records, Each each) {
  while (!records.empty()) {
    std::size_t count = 1;
    while (count < records.size() && records[count]->type == records[0]->type) ++count;
    each(records.first(count));
    records = records.subspan(count);
  }
}

}  // namespace rollcall::zone
