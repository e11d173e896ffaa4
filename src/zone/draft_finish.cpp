/// Finishing a draft: canonical order, duplicates, TTLs, and the nodes below a cut.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dns/rdata_walk.hpp"
#include "zone/draft.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {
namespace {

/// The first octets of a name's canonical sort key (labels from the right, each ended by a zero),
/// without the origin. Two names may have the same; then the whole names are compared.
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
      // A zero octet must sort after the end of a label: such keys stop here, as a tie.
      if (label[i] <= 1) return key | std::uint64_t{1} << (8 * (room - 1));
      key |= std::uint64_t{label[i]} << (8 * (room - 1));
    }
    if (room > 0) --room;
  }
  return key;
}

/// The first field of either.
dns::Type covered_type(const DraftRecord& signature) {
  return static_cast<dns::Type>(load_u16(signature.rdata().data()));
}

bool is_below(Bytes name, Bytes ancestor) {
  if (name.size() <= ancestor.size()) return false;
  const std::size_t head = name.size() - ancestor.size();
  std::size_t at = 0;
  while (at < head) at += name[at] + 1U;
  return at == head && std::ranges::equal(name.subspan(head), ancestor);
}

}  // namespace

void Draft::finish(Findings& findings) {
  for (DraftRef ref = apex_; ref != kNoDraft; ref = node(ref).next) {
    if (node(ref).first != node(ref).last) settle_node(edit(ref), findings);
  }
  sort_nodes();
  if (has_cuts_) set_cuts();
}

/// Eight octets of each name decide nearly every comparison: sorting half a million names by their
/// whole keys took three times as long.
void Draft::sort_nodes() {
  std::vector<std::pair<std::uint64_t, DraftRef>> keys;
  keys.reserve(node_count_);
  for_each_node([&, ref = apex_](const DraftNode& node) mutable {
    keys.emplace_back(key_prefix(node.name(), origin_.size()), std::exchange(ref, node.next));
  });
  std::ranges::sort(keys, [this](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return dns::canonical_compare(node(a.second).name(), node(b.second).name()) < 0;
  });
  order_.reserve(keys.size());
  for (const auto& [key, ref] : keys) order_.push_back(ref);
}

/// RFC 4034 section 6.3, with the names in lower case.
bool Draft::canonical_less(const DraftRecord& a, const DraftRecord& b) {
  if (a.type != b.type) return a.type < b.type;
  if (!dns::has_names(a.type)) {
    return std::ranges::lexicographical_compare(a.rdata(), b.rdata());
  }
  left_.assign(a.rdata().begin(), a.rdata().end());
  right_.assign(b.rdata().begin(), b.rdata().end());
  dns::lower_names(a.type, left_);
  dns::lower_names(b.type, right_);
  return std::ranges::lexicographical_compare(left_, right_);
}

/// Sorts a node's records. The first of duplicates in the file stays.
void Draft::settle_node(DraftNode& node, Findings& findings) {
  own_.clear();
  for (DraftRef i = node.first; i != kNoDraft; i = record(i).next) own_.push_back(i);
  std::ranges::sort(own_, [this](DraftRef a, DraftRef b) {
    if (canonical_less(record(a), record(b))) return true;
    return !canonical_less(record(b), record(a)) && record(a).mark < record(b).mark;
  });
  std::size_t kept = 0;
  for (const DraftRef ref : own_) {
    if (kept > 0 && !canonical_less(record(own_[kept - 1]), record(ref))) {
      drop_duplicate(edit_record(own_[kept - 1]), record(ref), findings);
    } else {
      own_[kept++] = ref;
    }
  }
  own_.resize(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    edit_record(own_[i]).next = i + 1 < kept ? own_[i + 1] : kNoDraft;
  }
  node.first = own_.front();
  node.last = own_.back();
  for (std::span<const DraftRef> rest(own_); !rest.empty();) {
    std::size_t count = 1;
    while (count < rest.size() && record(rest[count]).type == record(rest[0]).type) ++count;
    if (count > 1 && !dns::has_own_ttls(record(rest[0]).type))
      settle_ttls(rest.first(count), findings);
    rest = rest.subspan(count);
  }
  settle_signatures(findings);
}

void Draft::drop_duplicate(DraftRecord& kept, const DraftRecord& dropped, Findings& findings) {
  findings.warning(dropped.mark,
                   fmt::format("duplicate {} record ignored", dns::type_name(dropped.type)));
  kept.ttl = std::min(kept.ttl, dropped.ttl);
  --record_count_;
}

/// RFC 2181 section 5.2: one TTL in an RRset, the lowest.
void Draft::settle_ttls(std::span<const DraftRef> rrset, Findings& findings) {
  const DraftRecord& first = record(rrset[0]);
  std::uint32_t lowest = first.ttl;
  const DraftRecord* odd = nullptr;  // the last in the file with a different TTL
  for (const DraftRef ref : rrset.subspan(1)) {
    const DraftRecord& other = record(ref);
    if (other.ttl == first.ttl) continue;
    if (odd == nullptr || odd->mark < other.mark) odd = &other;
    lowest = std::min(lowest, other.ttl);
  }
  if (odd == nullptr) return;
  if (odd->mark < first.mark) odd = &first;
  findings.warning(
      odd->mark, fmt::format("the TTLs of the {} records at one name differ: using the lowest, {}",
                             dns::type_name(odd->type), lowest));
  for (const DraftRef ref : rrset) edit_record(ref).ttl = lowest;
}

/// RFC 4034 section 3: the TTL of a signature is that of the RRset that it covers. So the
/// signatures at a name have one TTL for each covered type; where the RRset is missing, the lowest.
void Draft::settle_signatures(Findings& findings) {
  for (std::span<const DraftRef> rest(own_); !rest.empty();) {
    const DraftRecord& first = record(rest[0]);
    if (!dns::has_own_ttls(first.type)) {
      rest = rest.subspan(1);
      continue;
    }
    const dns::Type covered = covered_type(first);
    std::size_t count = 1;
    while (count < rest.size() && record(rest[count]).type == first.type &&
           covered_type(record(rest[count])) == covered) {
      ++count;
    }
    const auto type_of = [this](DraftRef ref) { return record(ref).type; };
    const auto signed_one = std::ranges::lower_bound(own_, covered, {}, type_of);
    if (signed_one != own_.end() && record(*signed_one).type == covered) {
      match_ttl(rest.first(count), record(*signed_one), findings);
    } else if (count > 1) {
      settle_ttls(rest.first(count), findings);
    }
    rest = rest.subspan(count);
  }
}

void Draft::match_ttl(std::span<const DraftRef> signatures, const DraftRecord& covered,
                      Findings& findings) {
  for (const DraftRef ref : signatures) {
    DraftRecord& signature = edit_record(ref);
    if (signature.ttl == covered.ttl) continue;
    findings.warning(signature.mark,
                     fmt::format("TTL {} of this {} differs from the TTL of the {} records that it "
                                 "covers: using theirs, {}",
                                 signature.ttl, dns::type_name(signature.type),
                                 dns::type_name(covered.type), covered.ttl));
    signature.ttl = covered.ttl;
  }
}

/// Canonical order visits a name before all names below it, so one pass that remembers the last cut
/// (and the last DNAME) is enough.
void Draft::set_cuts() {
  Bytes cut;  // empty: none
  Bytes dname;
  for (const DraftRef ref : order_) {
    DraftNode& node = edit(ref);
    const Bytes name = node.name();
    if (!cut.empty() && is_below(name, cut)) {
      node.flags |= kBelowCut;
    } else if (ref != apex_ && node.has(kHasNs)) {
      node.flags |= kZoneCut;
      cut = name;
    }
    if (!dname.empty() && is_below(name, dname)) {
      node.flags |= kBelowDname;
    } else if ((node.flags & (kDname | kBelowCut | kZoneCut)) == kDname) {
      dname = name;
    }
  }
}

}  // namespace rollcall::zone
