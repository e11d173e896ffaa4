#include "zone/zone.hpp"

namespace rollcall::zone {

std::size_t Zone::memory() const noexcept {
  std::size_t octets = sizeof(Zone) + arena_size_ * sizeof(arena_[0]) +
                       slots_.capacity() * sizeof(Slot) + watched_.capacity() * sizeof(watched_[0]);
  for (const WatchedRrset& rrset : watched_) {
    octets += rrset.records.capacity() * sizeof(rrset.records[0]);
  }
  return octets;
}

const NodeHeader* Zone::first_node() const noexcept {
  return node_at(0);
}

const NodeHeader* Zone::next_node(const NodeHeader* node) const noexcept {
  return node->next == 0 ? nullptr : node_at(node->next);
}

}  // namespace rollcall::zone
