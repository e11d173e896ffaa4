#include "zone/catalog.hpp"

#include <bit>

#include "dns/name_hash.hpp"

namespace rollcall::zone {

Catalog::Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys) {
  const auto index = std::make_shared<Index>();
  index->keys = std::move(keys);
  index->starts.reserve(entries.size() + 1);
  index->slots.resize(std::bit_ceil(entries.size() * 2 + 1));
  std::shared_ptr<Page> page;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const dns::Name lowered = entries[i].origin.name().lowered();
    index->starts.push_back(index->names.size());
    index->names.insert(index->names.end(), lowered.wire().begin(), lowered.wire().end());
    index->depths[lowered.label_count()] = true;
    const std::uint64_t hash = dns::hash_name(lowered.wire());
    std::size_t slot = hash & (index->slots.size() - 1);
    while (index->slots[slot].entry != 0) slot = (slot + 1) & (index->slots.size() - 1);
    index->slots[slot] = {hash, static_cast<std::uint32_t>(i + 1)};
    if (i % kPageSize == 0) pages_.push_back(page = std::make_shared<Page>());
    (*page)[i % kPageSize] = std::move(entries[i]);
  }
  index->starts.push_back(index->names.size());
  index_ = index;
}

std::optional<std::size_t> Catalog::place_of(const dns::Name& origin) const noexcept {
  const dns::Name lowered = origin.lowered();
  return place_of(dns::hash_name(lowered.wire()), lowered.wire());
}

Catalog Catalog::with(std::size_t place, std::shared_ptr<const Zone> zone) const {
  Catalog next(*this);
  auto page = std::make_shared<Page>(*pages_[place / kPageSize]);
  (*page)[place % kPageSize].zone = std::move(zone);
  next.pages_[place / kPageSize] = std::move(page);
  return next;
}

}  // namespace rollcall::zone
