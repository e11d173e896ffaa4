/// Collecting records: each finds or makes its node.
#include "zone/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/octets.hpp"
#include "dns/name_hash.hpp"
#include "zone/node_layout.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {
namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint8_t kind_of(dns::Type type) {
  switch (type) {
    case dns::Type::NS:
      return kHasNs;
    case dns::Type::A:
    case dns::Type::AAAA:
      return kHasAddress;
    case dns::Type::CNAME:
    case dns::Type::DNAME:
      return kHasAlias;
    case dns::Type::MX:
    case dns::Type::SRV:
    case dns::Type::SVCB:
    case dns::Type::HTTPS:
      return kHasTarget;
    case dns::Type::SOA:
      return kHasSoa;
    case dns::Type::PTR:
      return kHasPointer;
    default:
      return 0;
  }
}

std::uint8_t flag_of(dns::Type type) {
  if (type == dns::Type::CNAME) return kCname;
  if (type == dns::Type::DNAME) return kDname;
  return 0;
}

}  // namespace

Draft::Draft(const dns::Name& origin) : origin_(origin.lowered()), slots_(kFirstSlots) {
  apex_ = add_node(dns::hash_name(origin_.wire()), origin_.wire());
}

DraftRef Draft::find(std::uint64_t hash, Bytes name) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = upper & mask; slots_[i].node != kNoDraft; i = (i + 1) & mask) {
    if (slots_[i].hash != upper) continue;
    if (same_octets(node(slots_[i].node).name(), name)) return slots_[i].node;
  }
  return kNoDraft;
}

DraftRef Draft::find(Bytes name) const noexcept {
  return find(dns::hash_name(name), name);
}

/// RFC 4592 section 2.2.2: a name without records exists where a name below it does. So a new
/// name's parents are made with it, up to the first one that exists.
DraftRef Draft::find_or_add(const dns::QueryName& name) {
  const std::size_t below_origin = name.labels() - origin_.label_count();
  if (below_origin == 0) return apex_;
  const DraftRef found = find(name.hash(0), name.suffix(0));
  if (found != kNoDraft) return found;
  const DraftRef added = add_node(name.hash(0), name.suffix(0));
  for (std::size_t i = 0; i < below_origin; ++i) {
    const bool last = i + 1 == below_origin;
    DraftRef parent = last ? apex_ : find(name.hash(i + 1), name.suffix(i + 1));
    const bool there = parent != kNoDraft;
    if (!there) parent = add_node(name.hash(i + 1), name.suffix(i + 1));
    const Bytes label = name.suffix(i);
    if (label[0] == 1 && label[1] == '*') edit(parent).flags |= kWildcardChild;
    if (there) break;
  }
  return added;
}

DraftRef Draft::add_node(std::uint64_t hash, Bytes name) {
  const DraftRef ref = arena_.allocate(sizeof(DraftNode) + name.size());
  DraftNode& made = edit(ref);
  made = {hash, kNoDraft, kNoDraft, kNoDraft, static_cast<std::uint8_t>(name.size()), 0, 0};
  std::memcpy(&made + 1, name.data(), name.size());
  if (newest_ != kNoDraft) edit(newest_).next = ref;
  newest_ = ref;
  name_octets_ += name.size();
  if (++node_count_ * 4 > slots_.size() * 3) grow_slots();
  put_slot({static_cast<std::uint32_t>(hash >> 32), ref});
  return ref;
}

void Draft::put_slot(Slot slot) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = slot.hash & mask;
  while (slots_[i].node != kNoDraft) i = (i + 1) & mask;
  slots_[i] = slot;
}

/// A slot has all bits of the hash that decide its place, so the nodes need not be read.
void Draft::grow_slots() {
  std::vector<Slot> old(slots_.size() * 2);
  std::swap(old, slots_);
  for (const Slot slot : old) {
    if (slot.node != kNoDraft) put_slot(slot);
  }
}

void Draft::add(const ParsedRecord& record, Findings& findings) {
  if (!record.same_owner) {
    const bool inside = record.owner.is_at_or_below(origin_);
    if (inside) owner_.assign(record.owner.wire());
    current_ = inside ? find_or_add(owner_) : kNoDraft;
  }
  if (current_ == kNoDraft) {
    findings.warning(record.mark, fmt::format("{} is outside zone {}: ignored",
                                              record.owner.to_display(), origin_.to_display()));
  } else if (arena_.full()) {
    if (!std::exchange(full_, true)) findings.error(record.mark, "the zone is larger than 32 GiB");
  } else {
    append(current_, record);
  }
}

void Draft::append(DraftRef ref, const ParsedRecord& record) {
  const DraftRef added = arena_.allocate(sizeof(DraftRecord) + record.rdata.size());
  auto& made = *arena_.at<DraftRecord>(added);
  made = {kNoDraft, record.ttl, record.mark, record.type,
          static_cast<std::uint16_t>(record.rdata.size())};
  if (!record.rdata.empty()) std::memcpy(&made + 1, record.rdata.data(), record.rdata.size());
  DraftNode& node = edit(ref);
  if (node.first == kNoDraft) {
    node.first = added;
    if (has_capitals(record.owner.wire(), origin_.size())) {
      node.flags |= kSpelled;
      spellings_.emplace(&node, record.owner);
    }
  } else {
    arena_.at<DraftRecord>(node.last)->next = added;
  }
  node.last = added;
  node.kinds |= kind_of(record.type);
  node.flags |= flag_of(record.type);
  has_cuts_ |= record.type == dns::Type::DNAME || (record.type == dns::Type::NS && ref != apex_);
  if (record.owner_is_class_word) class_words_.emplace_back(ref, added);
  ++record_count_;
  rdata_octets_ += record.rdata.size();
}

void Draft::collect(const DraftNode& node, std::vector<const DraftRecord*>& out) const {
  out.clear();
  for (DraftRef i = node.first; i != kNoDraft; i = record(i).next) out.push_back(&record(i));
}

std::vector<const DraftRecord*> Draft::rrset(const DraftNode& node, dns::Type type) const {
  std::vector<const DraftRecord*> found;
  for (DraftRef i = node.first; i != kNoDraft; i = record(i).next) {
    if (record(i).type == type) found.push_back(&record(i));
  }
  return found;
}

}  // namespace rollcall::zone
