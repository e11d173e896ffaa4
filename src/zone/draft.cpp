/// Collecting: every record finds or makes its node.
#include "zone/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "dns/name_hash.hpp"
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

/// An owner in lower case with the hash of each of its suffixes below the origin, so that its
/// missing parents are made without another look at it.
struct Draft::OwnerName {
  std::array<std::uint8_t, dns::kMaxNameSize> octets;
  std::array<std::uint8_t, dns::kMaxLabels> starts;  // of the labels before the origin
  std::array<std::uint64_t, dns::kMaxLabels> hashes;
  std::size_t labels = 0;
  std::size_t size = 0;

  /// @return false where the name is not in the zone
  bool assign(Bytes wire, Bytes origin, std::uint64_t origin_hash) noexcept {
    size = wire.size();
    if (size < origin.size()) return false;
    std::transform(wire.begin(), wire.end(), octets.begin(), dns::lower);
    const std::size_t head = size - origin.size();
    std::size_t at = 0;
    labels = 0;
    while (at < head) {
      starts[labels++] = static_cast<std::uint8_t>(at);
      at += octets[at] + 1U;
    }
    if (at != head || std::memcmp(octets.data() + head, origin.data(), origin.size()) != 0) {
      return false;
    }
    std::uint64_t hash = origin_hash;
    for (std::size_t i = labels; i-- > 0;) {
      const std::uint8_t* label = octets.data() + starts[i];
      hash = hashes[i] = dns::hash_label(hash, label + 1, label[0]);
    }
    return true;
  }

  Bytes suffix(std::size_t label) const noexcept {
    return Bytes(octets).first(size).subspan(starts[label]);
  }
};

Draft::Draft(const dns::Name& origin)
    : origin_(origin.lowered()), origin_hash_(dns::hash_name(origin_.wire())), slots_(kFirstSlots) {
  apex_ = add_node(origin_hash_, origin_.wire());
}

DraftRef Draft::find(std::uint64_t hash, Bytes name) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = upper & mask; slots_[i].node != kNoDraft; i = (i + 1) & mask) {
    if (slots_[i].hash != upper) continue;
    const DraftNode& found = node(slots_[i].node);
    if (found.name_size == name.size() &&
        std::memcmp(found.name().data(), name.data(), name.size()) == 0) {
      return slots_[i].node;
    }
  }
  return kNoDraft;
}

DraftRef Draft::find(Bytes name) const noexcept {
  return find(dns::hash_name(name), name);
}

/// RFC 4592 section 2.2.2: a name without records exists where a name below it does. So a new
/// name's parents are made with it, up to the first that is there.
DraftRef Draft::find_or_add(const OwnerName& name) {
  if (name.labels == 0) return apex_;
  const DraftRef found = find(name.hashes[0], name.suffix(0));
  if (found != kNoDraft) return found;
  const DraftRef added = add_node(name.hashes[0], name.suffix(0));
  for (std::size_t i = 0; i < name.labels; ++i) {
    const bool last = i + 1 == name.labels;
    DraftRef parent = last ? apex_ : find(name.hashes[i + 1], name.suffix(i + 1));
    const bool there = parent != kNoDraft;
    if (!there) parent = add_node(name.hashes[i + 1], name.suffix(i + 1));
    const std::uint8_t* label = name.octets.data() + name.starts[i];
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

/// A slot holds all of the hash that its place is made from: the nodes are not looked at.
void Draft::grow_slots() {
  std::vector<Slot> old(slots_.size() * 2);
  std::swap(old, slots_);
  for (const Slot slot : old) {
    if (slot.node != kNoDraft) put_slot(slot);
  }
}

void Draft::add(const ParsedRecord& record, Findings& findings) {
  if (!record.same_owner) {
    OwnerName owner;
    const bool inside = owner.assign(record.owner.wire(), origin_.wire(), origin_hash_);
    current_ = inside ? find_or_add(owner) : kNoDraft;
  }
  if (current_ == kNoDraft) {
    findings.warning(record.mark, fmt::format("{} is out of the zone {} and is ignored",
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
