/// All zones of this server, as one immutable value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/octets.hpp"
#include "dns/query_name.hpp"
#include "dns/tsig_key.hpp"
#include "zone/transfer_policy.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

/// A zone under its name. Without a zone object, the zone is refused or not ready yet: the server
/// knows that it is responsible and answers SERVFAIL.
struct CatalogEntry {
  dns::StoredName origin;
  std::shared_ptr<const Zone> zone;
  std::shared_ptr<const TransferPolicy> transfer;
  bool refused = false;  // without a zone object: its file has errors, so waiting does not help
};

class Catalog {
 public:
  Catalog() = default;
  explicit Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys = {});

  /// The zone with the longest origin at or above suffix `from` of `name`; null without such a
  /// zone.
  const CatalogEntry* find(const dns::QueryName& name, std::size_t from = 0) const noexcept {
    for (std::size_t i = from; i <= name.labels(); ++i) {
      if (!depths_[name.labels() - i]) continue;
      if (const CatalogEntry* entry = find_exact(name.hash(i), name.suffix(i))) return entry;
    }
    return nullptr;
  }
  const std::vector<CatalogEntry>& entries() const noexcept { return entries_; }
  /// The TSIG keys with which requests may be signed.
  const std::vector<dns::TsigKey>& keys() const noexcept { return keys_; }

 private:
  /// The origin of an entry in lower case.
  Bytes lowered_name(std::uint32_t entry) const noexcept {
    return {lowered_.data() + starts_[entry], starts_[entry + 1] - starts_[entry]};
  }

  struct Slot {
    std::uint64_t hash = 0;   // of the origin
    std::uint32_t entry = 0;  // index plus 1; 0: free
  };

  const CatalogEntry* find_exact(std::uint64_t hash, Bytes name) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = hash & mask; slots_[i].entry != 0; i = (i + 1) & mask) {
      if (slots_[i].hash != hash) continue;
      const std::uint32_t entry = slots_[i].entry - 1;
      if (same_octets(lowered_name(entry), name)) return &entries_[entry];
    }
    return nullptr;
  }

  std::vector<CatalogEntry> entries_;
  std::vector<dns::TsigKey> keys_;
  std::vector<std::uint8_t> lowered_;           // origins, one behind the other
  std::vector<std::size_t> starts_;             // of them, and the end
  std::vector<Slot> slots_;                     // a power of two
  std::array<bool, dns::kMaxLabels> depths_{};  // label counts that some origin has
};

}  // namespace rollcall::zone
