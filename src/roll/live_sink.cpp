#include "roll/effect.hpp"

namespace rollcall::roll {

/// Shares first, so that a member that returns with a small share never serves with its whole one.
void WatchTableSink::take(const StoreLive& live) {
  zone::WatchTable& table = live.zone->watch_table();
  std::vector<zone::MaskChange> masks;
  std::vector<zone::ShareChange> shares;
  for (const LiveChange& change : live.changes) {
    masks.push_back({change.watch, change.mask_after});
    if (change.shares) shares.push_back({change.watch, *change.shares});
  }
  table.apply(shares);
  if (live.published) {
    table.apply(masks, live.serial, live.full_serial, live.zone);
  } else {
    table.withhold(masks, live.serial);
  }
}

}  // namespace rollcall::roll
