#include "zone/catalog.hpp"

#include <bit>

#include "dns/name_hash.hpp"

namespace rollcall::zone {

Catalog::Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys)
    : entries_(std::move(entries)), keys_(std::move(keys)) {
  starts_.reserve(entries_.size() + 1);
  slots_.resize(std::bit_ceil(entries_.size() * 2 + 1));
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const dns::Name lowered = entries_[i].origin.name().lowered();
    starts_.push_back(lowered_.size());
    lowered_.insert(lowered_.end(), lowered.wire().begin(), lowered.wire().end());
    depths_[lowered.label_count()] = true;
    const std::uint64_t hash = dns::hash_name(lowered.wire());
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].entry != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = {hash, static_cast<std::uint32_t>(i + 1)};
  }
  starts_.push_back(lowered_.size());
}

}  // namespace rollcall::zone
