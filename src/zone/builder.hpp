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
  /// Where the next octets of the zone's arena go.
  class Cursor;

  void collect_pools(std::span<const dns::Name> pools, const std::string& file);
  void lay_out();
  void add_node(Cursor& out, const DraftNode& node, bool last);
  void add_rrset(Cursor& out, const DraftNode& node, DraftRecords records);
  std::uint32_t watch(const DraftNode& node, DraftRecords records);
  std::vector<WatchedRecord> watched_records(const DraftNode& node, DraftRecords records) const;
  void put_slot(std::uint64_t hash, std::uint32_t offset) noexcept;
  void read_soa();

  const Draft& draft_;
  Findings& findings_;
  std::shared_ptr<Zone> zone_;
  std::unordered_set<dns::Name> pools_;
  std::vector<const DraftRecord*> records_;  // of the node in work
};

}  // namespace rollcall::zone
