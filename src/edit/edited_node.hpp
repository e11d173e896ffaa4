/// A node that an edit has touched, between the old version of its zone and the new one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "edit/zone_edit.hpp"
#include "zone/node.hpp"
#include "zone/zone.hpp"

namespace rollcall::edit {

using dns::has_own_ttls;

/// An RDATA with its names in lower case: in the order of RFC 4034 section 6.3, and equal for those
/// that are one record.
using CanonicalRdata = std::vector<std::uint8_t>;
CanonicalRdata canonical_rdata(dns::Type type, Bytes rdata);

/// True where two RDATAs of one type are the same; names in them compare without case.
bool same_rdata(dns::Type type, Bytes a, Bytes b);

/// The name of a node as its source spells it; the origin in lower case.
dns::Name spelled_name(const zone::NodeHeader& node);

/// The records at a name of a zone, all of them, whatever is live; none where the zone has none.
/// @param name in lower case, at or below the zone's origin
std::vector<EditRecord> records_at(const zone::Zone& zone, const dns::Name& name);

struct EditedRecord {
  std::uint32_t ttl = 0;  // seconds
  std::vector<std::uint8_t> rdata;
};

struct EditedRrset {
  std::uint32_t watch = zone::kNoWatch;  // as in the old version
  std::map<CanonicalRdata, EditedRecord> records;
  std::optional<std::uint32_t> ttl;  // of the last one that came, and so of all of them
};

class EditedNode {
 public:
  using Rrsets = std::map<dns::Type, EditedRrset>;

  /// @param name in lower case
  /// @param old the node in the old version; null: none
  EditedNode(const dns::Name& name, const zone::NodeHeader* old);

  const dns::Name& name() const noexcept { return name_; }
  std::uint64_t hash() const noexcept { return hash_; }
  bool existed() const noexcept { return old_ != nullptr; }
  bool content_touched() const noexcept { return read_; }
  /// Whether the new version's node is to be written.
  bool changed() const noexcept { return changed_; }

  /// @param origin of the zone: old records may be cut before it
  void add(const EditRecord& record, const dns::Name& origin);
  void remove(const EditRecord& record, const dns::Name& origin);

  bool has(dns::Type type) const noexcept;
  bool had(dns::Type type) const noexcept { return old_ != nullptr && old_->find(type) != nullptr; }
  bool has_records() const noexcept { return read_ ? !rrsets_.empty() : old_has_records(); }
  const Rrsets& rrsets() const noexcept { return rrsets_; }  // of touched content
  const Rrsets& before() const noexcept { return before_; }  // the same, of the old version

  std::uint32_t children() const noexcept { return children_; }
  void change_children(int by) noexcept;
  std::uint8_t flags() const noexcept { return flags_; }
  void set_flags(std::uint8_t flags) noexcept;

  bool exists = false;  // in the new version

  /// What the edit did here, appended to `made`.
  void diff(ZoneEdit& made) const;
  /// The records of the node now, less those before.
  std::int64_t more_records() const noexcept;
  /// The node of the new version, or the sign that the name is gone.
  zone::OverlayNodePtr write(const dns::Name& origin) const;

 private:
  bool old_has_records() const noexcept { return old_ != nullptr && old_->rrsets > 0; }
  void read(const dns::Name& origin);
  std::size_t most_octets() const noexcept;

  dns::Name name_;
  dns::Name spelled_;
  std::uint64_t hash_;
  const zone::NodeHeader* old_;
  bool read_ = false;
  bool changed_ = false;
  std::uint32_t children_ = 0;
  std::uint8_t flags_ = 0;
  Rrsets rrsets_, before_;
};

}  // namespace rollcall::edit
