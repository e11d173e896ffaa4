#include "zone/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dns/name_hash.hpp"
#include "dns/rdata_walk.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {
namespace {

constexpr std::uint32_t kNoRecord = 0xffffffff;
constexpr std::size_t kMaxBlob = 0xffff0000;  // what a 32-bit offset reaches, less one RDATA

Bytes parent_of(Bytes name) {
  return name.subspan(name[0] + 1U);
}

/// The first octets of a name's canonical sort key (labels from the right, each ended by a zero),
/// the origin left out. Two names may share it; then their order is looked at in full.
std::uint64_t key_prefix(Bytes name, std::size_t origin_size) {
  std::array<std::uint8_t, dns::kMaxLabels> starts;
  std::size_t count = 0;
  const std::size_t end = name.size() - origin_size;
  for (std::size_t i = 0; i < end; i += name[i] + 1U) {
    starts[count++] = static_cast<std::uint8_t>(i);
  }
  std::uint64_t key = 0;
  int room = 8;
  while (count > 0 && room > 0) {
    const std::uint8_t* label = name.data() + starts[--count];
    for (std::size_t i = 1; i <= label[0] && room > 0; ++i, --room) {
      // A zero octet must sort behind the end of a label: such keys stop here, as a tie.
      if (label[i] <= 1) return key | std::uint64_t{1} << (8 * (room - 1));
      key |= std::uint64_t{label[i]} << (8 * (room - 1));
    }
    if (room > 0) --room;
  }
  return key;
}

}  // namespace

Draft::Draft(const dns::Name& origin) : origin_(origin.lowered()), slots_(1024) {
  find_or_add(origin_.wire());
}

std::uint32_t Draft::find(std::uint64_t hash, Bytes name) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const DraftNode& node = nodes_[slots_[slot] - 1];
    if (node.hash == hash && std::ranges::equal(this->name(node), name)) return slots_[slot] - 1;
  }
  return kNoNode;
}

std::uint32_t Draft::find(Bytes name) const noexcept {
  return find(dns::hash_name(name), name);
}

std::uint32_t Draft::find_or_add(Bytes name) {
  const std::uint64_t hash = dns::hash_name(name);
  if (const std::uint32_t found = find(hash, name); found != kNoNode) return found;
  if ((nodes_.size() + 1) * 4 > slots_.size() * 3) grow_slots();
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({hash, static_cast<std::uint32_t>(names_.size()), kNoRecord, kNoRecord,
                    static_cast<std::uint8_t>(name.size()), 0});
  const std::vector<std::uint8_t> copy(name.begin(), name.end());  // `name` may lie in names_
  names_.insert(names_.end(), copy.begin(), copy.end());
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = index + 1;
  return index;
}

void Draft::grow_slots() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    std::size_t slot = nodes_[i].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = i + 1;
  }
}

void Draft::add(const ParsedRecord& record, Findings& findings) {
  if (!record.owner.is_at_or_below(origin_)) {
    findings.warning(record.mark, fmt::format("{} is out of the zone {} and is ignored",
                                              record.owner.to_display(), origin_.to_display()));
    return;
  }
  if (rdata_.size() > kMaxBlob || names_.size() > kMaxBlob) {
    if (!std::exchange(full_, true)) findings.error(record.mark, "the zone is larger than 4 GiB");
    return;
  }
  DraftNode& node = nodes_[find_or_add(record.owner.lowered().wire())];
  const auto index = static_cast<std::uint32_t>(records_.size());
  records_.push_back({static_cast<std::uint32_t>(rdata_.size()), record.ttl, kNoRecord, record.type,
                      static_cast<std::uint16_t>(record.rdata.size()), record.mark,
                      record.owner_is_class_word});
  rdata_.insert(rdata_.end(), record.rdata.begin(), record.rdata.end());
  if (node.first == kNoRecord) {
    node.first = index;
  } else {
    records_[node.last].next = index;
  }
  node.last = index;
}

void Draft::finish(Findings& findings) {
  add_empty_non_terminals();
  sort_nodes();
  sort_records(findings);
  set_flags();
}

/// RFC 4592 section 2.2.2: a name without records exists where a name below it does.
void Draft::add_empty_non_terminals() {
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {  // grows at its end
    const dns::Name parent = dns::Name::from_wire(name(nodes_[i]))->parent();
    find_or_add(parent.wire());
  }
}

void Draft::sort_nodes() {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keys;
  keys.reserve(nodes_.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    keys.emplace_back(key_prefix(name(nodes_[i]), origin_.size()), i);
  }
  std::ranges::sort(keys, [this](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return dns::canonical_compare(*dns::Name::from_wire(name(nodes_[a.second])),
                                  *dns::Name::from_wire(name(nodes_[b.second]))) < 0;
  });
  order_.reserve(keys.size());
  for (const auto& [key, node] : keys) order_.push_back(node);
}

/// RFC 4034 section 6.3, with the names in lower case.
bool Draft::canonical_less(const DraftRecord& a, const DraftRecord& b) {
  if (a.type != b.type) return a.type < b.type;
  const Bytes x = rdata(a);
  const Bytes y = rdata(b);
  if (!dns::has_names(a.type)) return std::ranges::lexicographical_compare(x, y);
  left_.assign(x.begin(), x.end());
  right_.assign(y.begin(), y.end());
  dns::lower_names(a.type, left_);
  dns::lower_names(b.type, right_);
  return std::ranges::lexicographical_compare(left_, right_);
}

void Draft::sort_records(Findings& findings) {
  std::vector<DraftRecord> sorted;
  sorted.reserve(records_.size());
  std::vector<DraftRecord> own;
  for (const std::uint32_t index : order_) {
    DraftNode& node = nodes_[index];
    own.clear();
    for (std::uint32_t i = node.first; i != kNoRecord; i = records_[i].next) {
      own.push_back(records_[i]);
    }
    if (own.size() > 1) {
      std::ranges::stable_sort(
          own, [this](const DraftRecord& a, const DraftRecord& b) { return canonical_less(a, b); });
      settle_rrsets(own, findings);
    }
    node.first = static_cast<std::uint32_t>(sorted.size());
    node.last = static_cast<std::uint32_t>(own.size());
    sorted.insert(sorted.end(), own.begin(), own.end());
  }
  records_ = std::move(sorted);
  record_count_ = records_.size();
}

/// Duplicates go, the first one stays; RFC 2181 section 5.2: one TTL in an RRset, the lowest.
void Draft::settle_rrsets(std::vector<DraftRecord>& records, Findings& findings) {
  std::size_t kept = 0;
  for (const DraftRecord& record : records) {
    if (kept > 0 && !canonical_less(records[kept - 1], record)) {
      findings.warning(record.mark, fmt::format("the same {} record stands here twice: one counts",
                                                dns::type_name(record.type)));
      records[kept - 1].ttl = std::min(records[kept - 1].ttl, record.ttl);
      continue;
    }
    records[kept++] = record;
  }
  records.resize(kept);
  for (std::size_t start = 0, end = 0; start < records.size(); start = end) {
    std::uint32_t lowest = records[start].ttl;
    const DraftRecord* odd = nullptr;  // the last in the file with a TTL of its own
    for (end = start; end < records.size() && records[end].type == records[start].type; ++end) {
      if (records[end].ttl == records[start].ttl) continue;
      if (odd == nullptr || odd->mark < records[end].mark) odd = &records[end];
      lowest = std::min(lowest, records[end].ttl);
    }
    if (odd == nullptr) continue;
    if (odd->mark < records[start].mark) odd = &records[start];
    findings.warning(odd->mark,
                     fmt::format("the TTLs of the {} records at one name differ: the lowest, {}, "
                                 "serves for all",
                                 dns::type_name(odd->type), lowest));
    for (std::size_t i = start; i < end; ++i) records[i].ttl = lowest;
  }
}

std::span<const DraftRecord> Draft::rrset(const DraftNode& node, dns::Type type) const noexcept {
  const auto range = std::ranges::equal_range(records(node), type, {}, &DraftRecord::type);
  return {range.begin(), range.end()};
}

/// Canonical order visits a name before all that is below it, so one pass with the last cut (and
/// the last DNAME) at hand is enough.
void Draft::set_flags() {
  std::optional<dns::Name> cut;
  std::optional<dns::Name> dname;
  for (const std::uint32_t index : order_) {
    DraftNode& node = nodes_[index];
    const dns::Name own = *dns::Name::from_wire(name(node));
    if (cut && own.is_at_or_below(*cut)) {
      node.flags |= kBelowCut;
    } else if (own.size() > origin_.size() && !rrset(node, dns::Type::NS).empty()) {
      node.flags |= kZoneCut;
      cut = own;
    }
    if (!rrset(node, dns::Type::CNAME).empty()) node.flags |= kCname;
    if (dname && own.is_at_or_below(*dname)) node.flags |= kBelowDname;
    if (!rrset(node, dns::Type::DNAME).empty()) {
      node.flags |= kDname;
      if ((node.flags & (kBelowDname | kBelowCut | kZoneCut)) == 0) dname = own;
    }
    if (own.is_wildcard() && own.size() > origin_.size()) {
      nodes_[find(parent_of(name(node)))].flags |= kWildcardChild;
    }
  }
}

}  // namespace rollcall::zone
