#include "zone/zone.hpp"

namespace rollcall::zone {
namespace {

const NodeHeader* node_at(const std::uint32_t* arena, std::uint32_t offset) {
  return reinterpret_cast<const NodeHeader*>(arena + offset);
}

}  // namespace

std::size_t Zone::memory() const noexcept {
  std::size_t octets = sizeof(Zone) + arena_size_ * sizeof(arena_[0]) +
                       slots_.capacity() * sizeof(Slot) + watched_.capacity() * sizeof(watched_[0]);
  for (const WatchedRrset& rrset : watched_) {
    octets += rrset.records.capacity() * sizeof(rrset.records[0]);
  }
  return octets;
}

const NodeHeader* Zone::find(std::uint64_t hash, Bytes name) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = hash & mask; slots_[i].node != 0; i = (i + 1) & mask) {
    if (slots_[i].hash != upper) continue;
    const NodeHeader* node = node_at(arena_.get(), slots_[i].node - 1);
    if (same_octets(node->name(), name)) return node;
  }
  return nullptr;
}

void Zone::prefetch_slot(std::uint64_t hash) const noexcept {
  __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
}

void Zone::prefetch_node(std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = hash & mask; slots_[i].node != 0; i = (i + 1) & mask) {
    if (slots_[i].hash != upper) continue;
    const auto* node = reinterpret_cast<const std::uint8_t*>(arena_.get() + slots_[i].node - 1);
    __builtin_prefetch(node);
    __builtin_prefetch(node + 64);  // most nodes end there
    return;
  }
}

const NodeHeader* Zone::first_node() const noexcept {
  return node_at(arena_.get(), 0);
}

const NodeHeader* Zone::next_node(const NodeHeader* node) const noexcept {
  return node->next == 0 ? nullptr : node_at(arena_.get(), node->next);
}

}  // namespace rollcall::zone
