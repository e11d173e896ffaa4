/// Lays a finished draft out as the zone that is served.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "dns/name.hpp"
#include "zone/draft.hpp"
#include "zone/source.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {

class ZoneBuilder {
 public:
  /// @param draft finished, and found good by check_zone()
  /// @param pools owner names whose A and AAAA RRsets are watched; others than this zone's count
  /// not
  /// @param file the zone's, for messages
  ZoneBuilder(const Draft& draft, std::span<const dns::Name> pools, const std::string& file,
              Findings& findings);

  /// @return null where the findings have errors
  std::shared_ptr<const Zone> build();

 private:
  void collect_pools(std::span<const dns::Name> pools, const std::string& file);
  void add_node(const DraftNode& node);
  void add_rrset(const DraftNode& node, std::span<const DraftRecord> records);
  void add_record(const DraftNode& node, const DraftRecord& record, std::uint16_t origin_pointer);
  /// The octets of RDATA before the origin where it is cut, else 0.
  std::size_t cut_at(const DraftRecord& record, std::uint16_t origin_pointer) const;
  std::uint32_t watch(const DraftNode& node, std::span<const DraftRecord> records);
  std::vector<WatchedRecord> watched_records(const DraftNode& node,
                                             std::span<const DraftRecord> records) const;
  void fill_index();
  void read_soa();

  const Draft& draft_;
  Findings& findings_;
  std::shared_ptr<Zone> zone_;
  std::unordered_set<dns::Name> pools_;
  std::vector<std::uint8_t> octets_;  // the records of one RRset
};

}  // namespace rollcall::zone
