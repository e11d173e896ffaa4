#include "zone/catalog.hpp"

#include <bit>

#include "dns/name_hash.hpp"

namespace rollcall::zone {

Catalog::Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys)
    : entries_(std::move(entries)), keys_(std::move(keys)) {
  slots_.resize(std::bit_ceil(entries_.size() * 2 + 1));
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const dns::Name& lowered = lowered_.emplace_back(entries_[i].origin.lowered());
    depths_[lowered.label_count()] = true;
    std::size_t slot = dns::hash_name(lowered.wire()) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

const CatalogEntry* Catalog::find_exact(std::uint64_t hash, Bytes name) const noexcept {
  for (std::size_t slot = hash & (slots_.size() - 1); slots_[slot] != 0;
       slot = (slot + 1) & (slots_.size() - 1)) {
    const std::uint32_t i = slots_[slot] - 1;
    if (same_octets(lowered_[i].wire(), name)) return &entries_[i];
  }
  return nullptr;
}

const CatalogEntry* Catalog::find(const dns::QueryName& name, std::size_t from) const noexcept {
  if (slots_.empty()) return nullptr;
  for (std::size_t i = from; i <= name.labels(); ++i) {
    if (!depths_[name.labels() - i]) continue;
    if (const CatalogEntry* entry = find_exact(name.hash(i), name.suffix(i))) return entry;
  }
  return nullptr;
}

}  // namespace rollcall::zone
