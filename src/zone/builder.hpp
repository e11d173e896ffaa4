/// Lays out a finished draft as the zone that is served.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "dns/name.hpp"
#include "zone/draft.hpp"
#include "zone/load.hpp"
#include "zone/node_layout.hpp"
#include "zone/source.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

class ZoneBuilder {
 public:
  /// @param draft finished, and without an error of check_zone()
  /// @param spec which RRsets are watched; pools outside the zone are ignored
  ZoneBuilder(const Draft& draft, const ZoneSpec& spec, const PoolPlace& place_of,
              Findings& findings);

  /// @return null where the findings have errors
  std::shared_ptr<const Zone> build();

 private:
  void collect_pools(const ZoneSpec& spec, const PoolPlace& place_of);
  std::string pool_hint(const dns::Name& pool, bool wants_mx) const;
  std::string near_owner(const dns::Name& pool) const;
  void lay_out();
  void add_node(LayoutCursor& out, const DraftNode& node, bool last);
  void add_rrset(LayoutCursor& out, const DraftNode& node, DraftRecords records);
  std::uint32_t watch(const DraftNode& node, DraftRecords records);
  std::vector<WatchedRecord> watched_records(const DraftNode& node, DraftRecords records) const;
  std::vector<WatchedRecord> leading_records(const DraftNode& node, DraftRecords records) const;
  std::optional<dns::Name> pool_behind(const dns::Name& target) const;
  NodeHeader& node_at(std::uint32_t offset) noexcept;

  const Draft& draft_;
  Findings& findings_;
  std::shared_ptr<Zone> zone_;
  std::shared_ptr<Zone::Base> base_ = std::make_shared<Zone::Base>();
  std::array<std::uint32_t, dns::kMaxLabels> ancestors_{};  // by labels: the last node laid out
  std::unordered_set<dns::Name> pools_;                     // those of addresses
  std::unordered_set<dns::Name> mx_pools_;
  std::vector<const DraftRecord*> records_;  // of the current node
  std::vector<WatchedRrset> watched_;
  std::vector<RecordView> views_;  // of the current RRset
};

}  // namespace rollcall::zone
