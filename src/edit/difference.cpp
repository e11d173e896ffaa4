#include "edit/difference.hpp"

#include <algorithm>

#include "dns/name_hash.hpp"
#include "edit/edited_node.hpp"
#include "edit/placeholder.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::edit {
namespace {

using zone::NodeHeader;
using zone::RrsetHeader;

/// Most nodes are the same in both, to the octet.
bool same_octets_at(const NodeHeader& a, const NodeHeader& b) {
  if (a.rrsets != b.rrsets) return false;
  const RrsetHeader* left = a.first();
  const RrsetHeader* right = b.first();
  for (unsigned i = 0; i < a.rrsets; ++i) {
    const bool same = !left->watched() && !right->watched() && left->type == right->type &&
                      left->origin_pointer == right->origin_pointer &&
                      std::ranges::equal(left->records(), right->records());
    if (!same) return false;
    left = zone::next_rrset(left);
    right = zone::next_rrset(right);
  }
  return true;
}

std::vector<EditRecord> live_records(const LiveZone& live, const NodeHeader* node) {
  std::vector<EditRecord> records;
  if (node == nullptr) return records;
  const dns::Name name = *dns::Name::from_wire(node->name());
  const RrsetHeader* rrset = node->first();
  std::size_t at = 0;
  const std::vector<EditRecord> all = records_at(live.zone, name);  // in the same order
  for (unsigned i = 0; i < node->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
    for (std::size_t bit = 0; bit < rrset->count; ++bit, ++at) {
      if (rrset->type == dns::Type::SOA) continue;
      const bool out = rrset->watched() && (live.masks[rrset->watch] >> bit & 1) == 0;
      if (!out) records.push_back(all[at]);
    }
  }
  if (auto placeholder = placeholder_at(live, name)) records.push_back(std::move(*placeholder));
  return records;
}

void add_missing(const std::vector<EditRecord>& from, const std::vector<EditRecord>& in,
                 std::vector<EditRecord>& into) {
  for (const EditRecord& record : from) {
    const bool there = std::ranges::any_of(in, [&](const EditRecord& other) {
      // To the octet: a secondary keeps the case of names in RDATA.
      return other.type == record.type && other.ttl == record.ttl && other.rdata == record.rdata;
    });
    if (!there) into.push_back(record);
  }
}

}  // namespace

std::optional<EditRecord> placeholder_at(const LiveZone& live, const dns::Name& name) {
  const NodeHeader* const node = live.zone.find(dns::hash_name(name.wire()), name.wire());
  const auto mask_of = [&](std::uint32_t watch) { return live.masks[watch]; };
  if (node == nullptr || !is_emptied(*node, mask_of)) return std::nullopt;
  return EditRecord{spelled_name(*node),
                    dns::Type::TXT,
                    placeholder_ttl(*node),
                    {kPlaceholderRdata.begin(), kPlaceholderRdata.end()}};
}

ZoneEdit difference(const LiveZone& before, const LiveZone& after) {
  ZoneEdit made;
  zone::ZoneWalk left(before.zone), right(after.zone);
  const NodeHeader* old_node = left.next();
  const NodeHeader* new_node = right.next();
  while (old_node != nullptr || new_node != nullptr) {
    const int order = old_node == nullptr ? 1
                      : new_node == nullptr
                          ? -1
                          : dns::canonical_compare(old_node->name(), new_node->name());
    const NodeHeader* const a = order <= 0 ? old_node : nullptr;
    const NodeHeader* const b = order >= 0 ? new_node : nullptr;
    if (a == nullptr || b == nullptr || !same_octets_at(*a, *b)) {
      const std::vector<EditRecord> was = live_records(before, a);
      const std::vector<EditRecord> is = live_records(after, b);
      add_missing(was, is, made.remove);
      add_missing(is, was, made.add);
    }
    if (a != nullptr) old_node = left.next();
    if (b != nullptr) new_node = right.next();
  }
  return made;
}

}  // namespace rollcall::edit
