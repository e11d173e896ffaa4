/// All zones that this server is asked about, as one immutable value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "dns/query_name.hpp"
#include "dns/tsig_key.hpp"
#include "zone/transfer_policy.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

/// A zone under its name. Without a zone object it is refused or not ready yet: the server knows
/// that it is responsible and answers SERVFAIL.
struct CatalogEntry {
  dns::Name origin;
  std::shared_ptr<const Zone> zone;
  std::shared_ptr<const TransferPolicy> transfer;
  bool refused = false;  // without a zone object: its file has errors, so that waiting helps nobody
};

class Catalog {
 public:
  Catalog() = default;
  explicit Catalog(std::vector<CatalogEntry> entries, std::vector<dns::TsigKey> keys = {});

  /// The zone with the longest origin at or above suffix `from` of `name`; null where there is
  /// none.
  const CatalogEntry* find(const dns::QueryName& name, std::size_t from = 0) const noexcept;
  const std::vector<CatalogEntry>& entries() const noexcept { return entries_; }
  /// The TSIG keys that requests may be signed with.
  const std::vector<dns::TsigKey>& keys() const noexcept { return keys_; }

 private:
  const CatalogEntry* find_exact(std::uint64_t hash, Bytes name) const noexcept;

  std::vector<CatalogEntry> entries_;
  std::vector<dns::TsigKey> keys_;
  std::vector<dns::Name> lowered_;              // origins, beside their entries
  std::vector<std::uint32_t> slots_;            // a power of two; index of an entry plus 1
  std::array<bool, dns::kMaxLabels> depths_{};  // label counts that some origin has
};

}  // namespace rollcall::zone
