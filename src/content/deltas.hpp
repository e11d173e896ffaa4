/// What updates have made of a zone's file: for each RRset that they changed, the file's records
/// and those of today. It is kept in a journal (journal_entry.hpp) and laid over the file again
/// whenever that is loaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "content/update_decision.hpp"
#include "core/instant.hpp"
#include "edit/zone_edit.hpp"
#include "zone/zone.hpp"

namespace rollcall::content {

/// The records of an RRset, packed: of each its TTL, its end (seconds since 1970; 0: none), its
/// RDATA.
using PackedRrset = std::string;

struct PackedRecordView {
  std::uint32_t ttl = 0;
  std::vector<std::uint8_t> rdata;
};
using PackedRecords = std::vector<PackedRecordView>;
/// Without their ends.
PackedRecords unpacked_records(const PackedRrset& rrset);

/// True where both have the same records.
bool same_records(const zone::Zone& one, const zone::Zone& other);

struct Delta {
  PackedRrset base;  // as in the file last loaded, without ends
  PackedRrset now;

  bool operator==(const Delta&) const = default;
};

/// An RRset's owner (wire form in lower case) and type.
using RrsetKey = std::string;

RrsetKey rrset_key(const dns::Name& owner, dns::Type type);
/// @param key from rrset_key(), or read from a journal
/// @return nothing where it is none
std::optional<std::pair<dns::Name, dns::Type>> read_rrset_key(std::string_view key);

/// The deltas that a change has touched; nothing: the RRset is as in the file again.
using DeltaChanges = std::vector<std::pair<RrsetKey, std::optional<Delta>>>;

/// What lays deltas over a file.
struct DeltaMerge {
  edit::ZoneEdit edit;  // of the zone as the file has it
  DeltaChanges changes;
  std::vector<std::string> conflicts;  // "www.example.com A": changed in the file, too
};

class ZoneDeltas {
 public:
  bool empty() const noexcept { return deltas_.empty(); }
  std::size_t size() const noexcept { return deltas_.size(); }
  std::size_t octets() const noexcept { return octets_; }  // about, as in a journal

  /// What an update changes here. put() makes it so.
  /// @param made what the update did to the zone; `aged` may name records that were there
  DeltaChanges changes_of(const zone::Zone& before, const zone::Zone& after,
                          const edit::ZoneEdit& made, const std::vector<AgedRecord>& aged,
                          WallTime now) const;
  /// @return what undoes it, by put()
  DeltaChanges put(DeltaChanges changes);

  /// A file's version of the zone has been loaded. Where it differs from the file last loaded, too,
  /// the update wins.
  DeltaMerge merge(const zone::Zone& fresh) const;

  /// The end of the record that ends next.
  std::optional<std::int64_t> next_end() const;
  /// The records whose time is up.
  edit::ZoneEdit ended(WallTime now) const;

  template <class Each>
  void for_each(Each each) const {
    for (const auto& [key, delta] : deltas_) each(key, delta);
  }

 private:
  void note_ends(const RrsetKey& key, const std::optional<Delta>& before,
                 const std::optional<Delta>& after);

  std::unordered_map<RrsetKey, Delta> deltas_;
  std::multimap<std::int64_t, RrsetKey> ends_;
  std::size_t octets_ = 0;
};

}  // namespace rollcall::content
