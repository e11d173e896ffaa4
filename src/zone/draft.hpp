/// The records of a zone between parser and builder: collected, then put in canonical order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "zone/parser.hpp"
#include "zone/source.hpp"

namespace rollcall::zone {

struct DraftRecord {
  std::uint32_t rdata;  // where it starts among all RDATA
  std::uint32_t ttl;    // seconds
  std::uint32_t next;   // while collecting: the node's next record
  dns::Type type;
  std::uint16_t size;  // octets of RDATA
  SourceMark mark;
  bool owner_is_class_word;
};

struct DraftNode {
  std::uint64_t hash;   // dns::hash_name
  std::uint32_t name;   // where it starts among all names
  std::uint32_t first;  // record, or place in the sorted records once finished
  std::uint32_t last;   // record while collecting, then the number of records
  std::uint8_t name_size;
  std::uint8_t flags;  // NodeFlag
};

inline constexpr std::uint32_t kNoNode = 0xffffffff;

class Draft {
 public:
  explicit Draft(const dns::Name& origin);

  /// Takes a record in; one out of the zone is ignored with a warning.
  void add(const ParsedRecord& record, Findings& findings);

  /// Adds empty non-terminals, sorts nodes and records, drops duplicates, gives each RRset its
  /// lowest TTL, and sets the flags of the nodes. Call once, before anything below.
  void finish(Findings& findings);

  const dns::Name& origin() const noexcept { return origin_; }
  std::span<const std::uint32_t> nodes() const noexcept { return order_; }  // canonical, apex first
  const DraftNode& node(std::uint32_t index) const noexcept { return nodes_[index]; }
  /// @param name lower-case wire form
  std::uint32_t find(Bytes name) const noexcept;
  Bytes name(const DraftNode& node) const noexcept {
    return Bytes(names_).subspan(node.name, node.name_size);
  }
  /// Sorted by type, then by canonical RDATA (RFC 4034 section 6.3).
  std::span<const DraftRecord> records(const DraftNode& node) const noexcept {
    return std::span(records_).subspan(node.first, node.last);
  }
  /// The records of one type at a node; empty where there are none.
  std::span<const DraftRecord> rrset(const DraftNode& node, dns::Type type) const noexcept;
  Bytes rdata(const DraftRecord& record) const noexcept {
    return Bytes(rdata_).subspan(record.rdata, record.size);
  }
  std::uint64_t record_count() const noexcept { return record_count_; }

 private:
  std::uint32_t find(std::uint64_t hash, Bytes name) const noexcept;
  std::uint32_t find_or_add(Bytes name);
  void grow_slots();
  void add_empty_non_terminals();
  void sort_nodes();
  void sort_records(Findings& findings);
  void settle_rrsets(std::vector<DraftRecord>& records, Findings& findings);
  bool canonical_less(const DraftRecord& a, const DraftRecord& b);
  void set_flags();

  dns::Name origin_;  // lower case
  std::vector<DraftNode> nodes_;
  std::vector<DraftRecord> records_;
  std::vector<std::uint8_t> names_;
  std::vector<std::uint8_t> rdata_;
  std::vector<std::uint32_t> slots_;  // node + 1; 0: free; a power of two
  std::vector<std::uint32_t> order_;
  std::vector<std::uint8_t> left_, right_;  // scratch of canonical_less
  std::uint64_t record_count_ = 0;
  bool full_ = false;
};

/// Calls `each` with every RRset of sorted records.
template <class Each>
void for_each_rrset(std::span<const DraftRecord> records, Each each) {
  while (!records.empty()) {
    std::size_t count = 1;
    while (count < records.size() && records[count].type == records[0].type) ++count;
    each(records.first(count));
    records = records.subspan(count);
  }
}

}  // namespace rollcall::zone
