/// A walk over all nodes of a zone in canonical order (RFC 4034 section 6.1), the apex first.
#pragma once

#include <vector>

#include "zone/zone.hpp"

namespace rollcall::zone {

/// Sorts the names of the overlay once; the zone must outlive it.
class ZoneWalk {
 public:
  explicit ZoneWalk(const Zone& zone);

  /// @return null behind the last node
  const NodeHeader* next() noexcept;

 private:
  const Zone* zone_;
  const NodeHeader* in_base_;  // the next node of the base
  std::vector<const OverlayNode*> changed_;
  std::size_t next_changed_ = 0;
};

}  // namespace rollcall::zone
