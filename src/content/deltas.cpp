#include "content/deltas.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::content {
namespace {

using dns::Type;
using edit::EditRecord;

struct PackedRecord {
  std::uint32_t ttl = 0;
  std::int64_t end = 0;
  std::vector<std::uint8_t> rdata;
};

constexpr std::size_t kPackedHead = 14;     // TTL, end, size
constexpr std::size_t kSerialFromEnd = 20;  // of a SOA's RDATA

void append_number(std::string& to, std::uint64_t value, unsigned octets) {
  while (octets-- > 0) to.push_back(static_cast<char>(value >> (8 * octets) & 0xff));
}

PackedRrset packed(const std::vector<PackedRecord>& records) {
  PackedRrset text;
  for (const PackedRecord& record : records) {
    append_number(text, record.ttl, 4);
    append_number(text, static_cast<std::uint64_t>(record.end), 8);
    append_number(text, record.rdata.size(), 2);
    text += as_text(record.rdata);
  }
  return text;
}

/// Stops where the octets are no records: they come from a journal whose checksum was right.
std::vector<PackedRecord> unpacked(const PackedRrset& text) {
  std::vector<PackedRecord> records;
  ByteReader in(as_bytes(text));
  while (in.left() >= kPackedHead) {
    PackedRecord record{.ttl = in.u32(), .end = 0, .rdata = {}};
    const std::uint64_t upper = in.u32();
    record.end = static_cast<std::int64_t>(upper << 32 | in.u32());
    const Bytes rdata = in.bytes(in.u16());
    if (!in.ok()) break;
    record.rdata.assign(rdata.begin(), rdata.end());
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<PackedRecord> records_of(const zone::Zone& zone, const dns::Name& owner, Type type) {
  std::vector<PackedRecord> records;
  for (EditRecord& record : edit::records_at(zone, owner)) {
    if (record.type == type) records.push_back({record.ttl, 0, std::move(record.rdata)});
  }
  return records;
}

bool has_ends(const std::vector<PackedRecord>& records) {
  return std::ranges::any_of(records, [](const PackedRecord& record) { return record.end != 0; });
}

/// The serial of a SOA moves with each edit of a file: alone it is no change.
PackedRrset without_serial(Type type, const PackedRrset& rrset) {
  if (type != Type::SOA) return rrset;
  std::vector<PackedRecord> records = unpacked(rrset);
  for (PackedRecord& record : records) {
    if (record.rdata.size() < kSerialFromEnd) continue;
    std::fill_n(record.rdata.end() - kSerialFromEnd, 4, std::uint8_t{0});
  }
  return packed(records);
}

/// A SOA keeps the file's serial where that is later.
void take_later_serial(std::vector<PackedRecord>& now, const std::vector<PackedRecord>& file) {
  if (now.size() != 1 || file.size() != 1) return;
  std::uint8_t* const ours = now[0].rdata.data() + now[0].rdata.size() - kSerialFromEnd;
  const std::uint32_t theirs =
      load_u32(file[0].rdata.data() + file[0].rdata.size() - kSerialFromEnd);
  if (dns::serial_greater(theirs, load_u32(ours))) store_u32(ours, theirs);
}

void add_records(std::vector<EditRecord>& to, const dns::Name& owner, Type type,
                 const std::vector<PackedRecord>& records) {
  for (const PackedRecord& record : records) {
    to.push_back({owner, type, record.ttl, record.rdata});
  }
}

std::set<std::int64_t> ends_of(const std::optional<Delta>& delta) {
  std::set<std::int64_t> ends;
  if (!delta) return ends;
  for (const PackedRecord& record : unpacked(delta->now)) {
    if (record.end != 0) ends.insert(record.end);
  }
  return ends;
}

/// Of records that go by themselves: when, in seconds since 1970.
using EndByRdata = std::map<edit::CanonicalRdata, std::int64_t>;

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

PackedRecords unpacked_records(const PackedRrset& rrset) {
  PackedRecords records;
  for (PackedRecord& record : unpacked(rrset)) {
    records.push_back({record.ttl, std::move(record.rdata)});
  }
  return records;
}

bool same_records(const zone::Zone& one, const zone::Zone& other) {
  if (one.records() != other.records()) return false;
  zone::ZoneWalk walk(one);
  while (const zone::NodeHeader* node = walk.next()) {
    const dns::Name name = *dns::Name::from_wire(node->name());
    if (edit::records_at(one, name) != edit::records_at(other, name)) return false;
  }
  return true;
}

RrsetKey rrset_key(const dns::Name& owner, Type type) {
  const dns::Name lowered = owner.lowered();
  RrsetKey key(as_text(lowered.wire()));
  append_number(key, static_cast<std::uint16_t>(type), 2);
  return key;
}

std::optional<std::pair<dns::Name, Type>> read_rrset_key(std::string_view key) {
  if (key.size() < 3) return std::nullopt;
  const auto name = dns::Name::from_wire(as_bytes(key.substr(0, key.size() - 2)));
  if (!name) return std::nullopt;
  const Bytes type = as_bytes(key.substr(key.size() - 2));
  return std::pair(*name, static_cast<Type>(load_u16(type.data())));
}

DeltaChanges ZoneDeltas::changes_of(const zone::Zone& before, const zone::Zone& after,
                                    const edit::ZoneEdit& made, const std::vector<AgedRecord>& aged,
                                    WallTime now) const {
  std::set<RrsetKey> keys;
  for (const EditRecord& record : made.remove) keys.insert(rrset_key(record.owner, record.type));
  for (const EditRecord& record : made.add) keys.insert(rrset_key(record.owner, record.type));
  std::map<RrsetKey, EndByRdata> new_ends;
  for (const AgedRecord& one : aged) {
    const auto& [owner, type, ttl, rdata] = one.record;
    const RrsetKey key = rrset_key(owner, type);
    new_ends[key][edit::canonical_rdata(type, rdata)] = seconds_of(now) + one.age;
    // A record of the file itself does not age.
    if (deltas_.contains(key)) keys.insert(key);
  }
  DeltaChanges changes;
  for (const RrsetKey& key : keys) {
    const auto [owner, type] = *read_rrset_key(key);
    const auto old = deltas_.find(key);
    Delta delta{
        .base = old != deltas_.end() ? old->second.base : packed(records_of(before, owner, type)),
        .now = {}};
    std::vector<PackedRecord> records = records_of(after, owner, type);
    const PackedRrset without_ends = packed(records);
    EndByRdata ends = std::move(new_ends[key]);
    if (old != deltas_.end()) {
      for (const PackedRecord& was : unpacked(old->second.now)) {
        if (was.end != 0) ends.try_emplace(edit::canonical_rdata(type, was.rdata), was.end);
      }
    }
    for (PackedRecord& record : records) {
      if (ends.empty()) break;
      const auto end = ends.find(edit::canonical_rdata(type, record.rdata));
      if (end != ends.end()) record.end = end->second;
    }
    delta.now = packed(records);
    if (delta.base == without_ends && !has_ends(records)) {
      changes.emplace_back(key, std::nullopt);
    } else if (old == deltas_.end() || old->second != delta) {
      changes.emplace_back(key, std::move(delta));
    }
  }
  return changes;
}

DeltaChanges ZoneDeltas::put(DeltaChanges changes) {
  DeltaChanges undo;
  for (auto& [key, delta] : changes) {
    const auto old = deltas_.find(key);
    const auto octets = [&](const Delta& one) {
      return key.size() + one.base.size() + one.now.size();
    };
    std::optional<Delta> before;
    if (old != deltas_.end()) before = std::move(old->second);
    if (before) octets_ -= octets(*before);
    note_ends(key, before, delta);
    if (delta) {
      octets_ += octets(*delta);
      deltas_.insert_or_assign(key, std::move(*delta));
    } else if (old != deltas_.end()) {
      deltas_.erase(old);
    }
    undo.emplace_back(std::move(key), std::move(before));
  }
  std::ranges::reverse(undo);
  return undo;
}

void ZoneDeltas::note_ends(const RrsetKey& key, const std::optional<Delta>& before,
                           const std::optional<Delta>& after) {
  for (const std::int64_t end : ends_of(before)) {
    const auto [first, last] = ends_.equal_range(end);
    const auto found = std::find_if(first, last, [&](const auto& it) { return it.second == key; });
    if (found != last) ends_.erase(found);
  }
  for (const std::int64_t end : ends_of(after)) ends_.emplace(end, key);
}

DeltaMerge ZoneDeltas::merge(const zone::Zone& fresh) const {
  DeltaMerge merged;
  for (const auto& [key, delta] : deltas_) {
    const auto [owner, type] = *read_rrset_key(key);
    const std::vector<PackedRecord> file = records_of(fresh, owner, type);
    std::vector<PackedRecord> now = unpacked(delta.now);
    if (type == Type::SOA) take_later_serial(now, file);
    const PackedRrset in_file = packed(file);
    if (without_serial(type, in_file) != without_serial(type, delta.base)) {
      std::vector<PackedRecord> endless = now;
      for (PackedRecord& record : endless) record.end = 0;
      const bool agrees = packed(endless) == in_file;
      if (!agrees) merged.conflicts.push_back(owner.to_display() + " " + dns::type_name(type));
      if (agrees && !has_ends(now)) {
        merged.changes.emplace_back(key, std::nullopt);
        continue;
      }
      merged.changes.emplace_back(key, Delta{in_file, delta.now});
    }
    add_records(merged.edit.remove, owner, type, file);
    add_records(merged.edit.add, owner, type, now);
  }
  return merged;
}

std::optional<std::int64_t> ZoneDeltas::next_end() const {
  return ends_.empty() ? std::nullopt : std::optional(ends_.begin()->first);
}

edit::ZoneEdit ZoneDeltas::ended(WallTime now) const {
  edit::ZoneEdit edit;
  std::set<RrsetKey> keys;
  for (const auto& [end, key] : ends_) {
    if (end > seconds_of(now)) break;
    if (!keys.insert(key).second) continue;
    const auto [owner, type] = *read_rrset_key(key);
    for (PackedRecord& record : unpacked(deltas_.at(key).now)) {
      if (record.end == 0 || record.end > seconds_of(now)) continue;
      edit.remove.push_back({owner, type, record.ttl, std::move(record.rdata)});
    }
  }
  return edit;
}

}  // namespace rollcall::content
