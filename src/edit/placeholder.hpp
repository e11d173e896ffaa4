/// What stands in a transfer at a name whose pool has no live record (fail_closed).
///
/// Without it the name would be gone at the secondaries: they would answer with NXDOMAIN, or from a
/// wildcard, where we answer that the name has no data. Our own answer for TXT is the same record.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "zone/node.hpp"

namespace rollcall::edit {

inline constexpr std::string_view kPlaceholder = "rollcall: no member is live";

/// The RDATA of a TXT record: one string.
inline constexpr auto kPlaceholderRdata = [] {
  std::array<std::uint8_t, kPlaceholder.size() + 1> rdata{};
  rdata[0] = static_cast<std::uint8_t>(kPlaceholder.size());
  for (std::size_t i = 0; i < kPlaceholder.size(); ++i) {
    rdata[i + 1] = static_cast<std::uint8_t>(kPlaceholder[i]);
  }
  return rdata;
}();

/// True where the name would be gone: every RRset is watched, none has a live record, and no name
/// is below it.
/// @param mask_of the live mask of a watch index
template <class MaskOf>
bool is_emptied(const zone::NodeHeader& node, MaskOf mask_of) noexcept {
  if (node.rrsets == 0 || node.children != 0) return false;
  const zone::RrsetHeader* rrset = node.first();
  for (unsigned i = 0; i < node.rrsets; ++i, rrset = zone::next_rrset(rrset)) {
    if (!rrset->watched() || mask_of(rrset->watch) != 0) return false;
  }
  return true;
}

/// That of the RRset that is not live; in seconds.
inline std::uint32_t placeholder_ttl(const zone::NodeHeader& node) noexcept {
  return node.first()->ttl;
}

}  // namespace rollcall::edit
