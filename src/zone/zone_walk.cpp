#include "zone/zone_walk.hpp"

#include <algorithm>

#include "dns/name.hpp"

namespace rollcall::zone {

ZoneWalk::ZoneWalk(const Zone& zone) : zone_(&zone), in_base_(zone.first_in_base()) {
  changed_.reserve(zone.overlay().size());
  zone.overlay().for_each(
      [this](std::uint64_t, const OverlayNodePtr& node) { changed_.push_back(node.get()); });
  std::ranges::sort(changed_, [](const OverlayNode* a, const OverlayNode* b) {
    return dns::canonical_compare(a->header().name(), b->header().name()) < 0;
  });
}

const NodeHeader* ZoneWalk::next() noexcept {
  for (;;) {
    const NodeHeader* const base = in_base_;
    if (next_changed_ == changed_.size()) {
      if (base != nullptr) in_base_ = zone_->next_in_base(base);
      return base;
    }
    const OverlayNode* const changed = changed_[next_changed_];
    const int order =
        base == nullptr ? 1 : dns::canonical_compare(base->name(), changed->header().name());
    if (base != nullptr && order <= 0) in_base_ = zone_->next_in_base(base);
    if (order < 0) return base;
    ++next_changed_;  // it stands in the place of the base's node, or between two of them
    if (const NodeHeader* const node = changed->node()) return node;
  }
}

}  // namespace rollcall::zone
