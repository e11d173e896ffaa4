#include "zone/zone.hpp"

#include <bit>
#include <cstring>

#include "dns/name_hash.hpp"
#include "dns/rdata_walk.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::zone {
namespace {

/// The octets of `name` before `origin`; all of them where the name is elsewhere, and where a
/// pointer to the origin would save nothing.
std::size_t head_of(const dns::Name& name, const dns::Name& origin) {
  const bool inside = !origin.is_root() && name.is_at_or_below(origin);
  return inside ? name.size() - origin.size() : name.size();
}

/// The index of a small zone gets many slots, which cost nothing and save steps; in a large zone
/// they would push each other out of the cache.
std::size_t slot_count(std::size_t nodes) {
  constexpr std::size_t kFew = 4096;
  return std::bit_ceil((nodes < kFew ? nodes * 3 : nodes * 3 / 2) + 1);
}

}  // namespace

SoaFields read_soa(Bytes rdata, std::uint32_t ttl, const dns::Name& origin) {
  const std::size_t mname_size = *dns::field_size(dns::Field::compressible_name, rdata);
  const std::size_t names_size = rdata.size() - 20;
  ByteReader numbers(rdata, names_size);
  SoaFields soa;
  soa.mname = *dns::Name::from_wire(rdata.first(mname_size));
  soa.rname = *dns::Name::from_wire(rdata.subspan(mname_size, names_size - mname_size));
  soa.mname_head = head_of(soa.mname, origin);
  soa.rname_head = head_of(soa.rname, origin);
  soa.ttl = ttl;
  soa.serial = numbers.u32();
  soa.refresh = numbers.u32();
  soa.retry = numbers.u32();
  soa.expire = numbers.u32();
  soa.minimum = numbers.u32();
  return soa;
}

void Zone::Base::make_slots(std::size_t nodes) {
  slots.resize(slot_count(nodes));
}

void Zone::Base::put_slot(std::uint64_t hash, std::uint32_t offset) noexcept {
  const std::size_t mask = slots.size() - 1;
  std::size_t slot = hash & mask;
  while (slots[slot].node != 0) slot = (slot + 1) & mask;
  slots[slot] = {static_cast<std::uint32_t>(hash >> 32), offset + 1};
}

void Zone::set_base(std::shared_ptr<const Base> base) {
  base_ = std::move(base);
  arena_ = base_->arena.get();
  slots_ = base_->slots.data();
  slot_mask_ = base_->slots.size() - 1;
}

[[gnu::noinline]] const NodeHeader* Zone::find_edited(std::uint64_t hash,
                                                      Bytes name) const noexcept {
  const OverlayNode* const edited = overlay_.find(hash, name);
  return edited != nullptr ? edited->node() : find_in_base(hash, name);
}

[[gnu::noinline]] const OverlayNode* Zone::guess_edited(std::uint64_t hash) const noexcept {
  return overlay_.guess(hash);
}

std::shared_ptr<const Zone> Zone::with(ZoneChange change) const {
  const std::shared_ptr<Zone> next(new Zone(*this));
  next->overlay_ = std::move(change.overlay);
  if (change.soa) next->soa_ = std::move(*change.soa);
  next->record_count_ += static_cast<std::uint64_t>(change.records);
  next->name_count_ += static_cast<std::uint64_t>(change.names);
  return next;
}

std::shared_ptr<const Zone> Zone::compacted() const {
  std::vector<const NodeHeader*> nodes;
  nodes.reserve(name_count_);
  std::size_t units = 0;
  ZoneWalk walk(*this);
  while (const NodeHeader* node = walk.next()) {
    nodes.push_back(node);
    units += node_units(*node);
  }
  const auto base = std::make_shared<Base>();
  base->arena = std::make_unique_for_overwrite<std::uint32_t[]>(units);
  base->arena_size = units;
  base->make_slots(nodes.size());
  std::uint32_t at = 0;
  for (const NodeHeader* node : nodes) {
    const auto size = static_cast<std::uint32_t>(node_units(*node));
    std::memcpy(base->arena.get() + at, node, std::size_t{size} * 4);
    auto* const header = reinterpret_cast<NodeHeader*>(base->arena.get() + at);
    header->next = at + size < units ? at + size : 0;
    base->put_slot(dns::hash_name(node->name()), at);
    at += size;
  }
  const std::shared_ptr<Zone> next(new Zone(*this));
  next->overlay_ = {};
  next->set_base(base);
  return next;
}

std::shared_ptr<const Zone> Zone::moved_onto(const Zone& compacted, const Zone& made_of) const {
  Overlay since;
  overlay_.for_each([&](std::uint64_t hash, const OverlayNodePtr& changed) {
    const Bytes name = changed->header().name();
    if (made_of.overlay_.find(hash, name) == changed.get()) return;
    const bool is_news =
        changed->node() != nullptr || compacted.find_in_base(hash, name) != nullptr;
    if (is_news) since.put(hash, changed);
  });
  // Names that came before the compaction and went after it are in neither base nor overlay.
  made_of.overlay_.for_each([&](std::uint64_t hash, const OverlayNodePtr& before) {
    const Bytes name = before->header().name();
    if (before->node() == nullptr || overlay_.find(hash, name) != nullptr) return;
    since.put(hash, gone_node(name));
  });
  const std::shared_ptr<Zone> next(new Zone(*this));
  next->overlay_ = std::move(since);
  next->set_base(compacted.base_);
  return next;
}

std::size_t Zone::memory() const noexcept {
  std::size_t octets = sizeof(Zone) + base_->arena_size * sizeof(base_->arena[0]) +
                       base_->slots.capacity() * sizeof(Slot) + overlay_.memory() +
                       watched_->capacity() * sizeof(WatchedRrset);
  for (const WatchedRrset& rrset : *watched_) {
    octets += rrset.records.capacity() * sizeof(rrset.records[0]);
  }
  return octets;
}

}  // namespace rollcall::zone
