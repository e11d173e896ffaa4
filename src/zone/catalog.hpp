/// All zones of this server, as one immutable value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
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
  std::shared_ptr<const UpdatePolicy> update = {};  // null: nobody may update it
};

/// Entries are in pages that versions of a catalog share: another version of one zone costs a page,
/// however many zones there are.
class Catalog {
 public:
  Catalog() : Catalog(std::vector<CatalogEntry>()) {}
  explicit Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys = {});

  /// The zone with the longest origin at or above suffix `from` of `name`; null without such a
  /// zone.
  const CatalogEntry* find(const dns::QueryName& name, std::size_t from = 0) const noexcept {
    for (std::size_t i = from; i <= name.labels(); ++i) {
      if (!index_->depths[name.labels() - i]) continue;
      if (const auto place = place_of(name.hash(i), name.suffix(i))) return &entry(*place);
    }
    return nullptr;
  }

  std::size_t size() const noexcept { return index_->starts.size() - 1; }
  /// @param place below size()
  const CatalogEntry& entry(std::size_t place) const noexcept {
    return (*pages_[place / kPageSize])[place % kPageSize];
  }
  /// The place of the zone with that origin; nothing where there is none.
  std::optional<std::size_t> place_of(const dns::Name& origin) const noexcept;
  /// The TSIG keys with which requests may be signed.
  const std::vector<dns::TsigKey>& keys() const noexcept { return index_->keys; }

  /// This catalog with another version of one zone.
  Catalog with(std::size_t place, std::shared_ptr<const Zone> zone) const;

 private:
  static constexpr std::size_t kPageSize = 32;
  using Page = std::array<CatalogEntry, kPageSize>;

  struct Slot {
    std::uint64_t hash = 0;   // of the origin
    std::uint32_t entry = 0;  // place plus 1; 0: free
  };
  /// What stays while no zone comes or goes.
  struct Index {
    std::vector<dns::TsigKey> keys;
    std::vector<std::uint8_t> names;             // origins in lower case, one behind the other
    std::vector<std::size_t> starts;             // of them, and the end
    std::vector<Slot> slots;                     // a power of two
    std::array<bool, dns::kMaxLabels> depths{};  // label counts that some origin has
  };

  std::optional<std::size_t> place_of(std::uint64_t hash, Bytes name) const noexcept {
    const Index& index = *index_;
    const std::size_t mask = index.slots.size() - 1;
    for (std::size_t i = hash & mask; index.slots[i].entry != 0; i = (i + 1) & mask) {
      if (index.slots[i].hash != hash) continue;
      const std::size_t place = index.slots[i].entry - 1;
      const std::size_t start = index.starts[place];
      const Bytes origin{index.names.data() + start, index.starts[place + 1] - start};
      if (same_octets(origin, name)) return place;
    }
    return std::nullopt;
  }

  std::shared_ptr<const Index> index_;
  std::vector<std::shared_ptr<const Page>> pages_;
};

}  // namespace rollcall::zone
