#include "edit/edited_node.hpp"

#include <algorithm>
#include <array>

#include "dns/name_hash.hpp"
#include "dns/rdata_walk.hpp"
#include "zone/node_layout.hpp"

namespace rollcall::edit {
namespace {

EditedRrset read_rrset(const zone::RrsetHeader& rrset, Bytes origin) {
  EditedRrset into{.watch = rrset.watch, .records = {}, .ttl = {}};
  for (Bytes rest = rrset.records(); !rest.empty();) {
    const Bytes record = rest.first(zone::record_size(rest.data()));
    rest = rest.subspan(record.size());
    const Bytes rdata = record.subspan(zone::kRecordHeaderSize);
    EditedRecord read{load_u32(record.data() + 6), {rdata.begin(), rdata.end()}};
    if (zone::ends_in_origin_pointer(rrset, record)) {
      read.rdata.resize(rdata.size() - 2);
      read.rdata.insert(read.rdata.end(), origin.begin(), origin.end());
    }
    CanonicalRdata canonical = canonical_rdata(rrset.type, read.rdata);
    into.records.try_emplace(into.records.end(), std::move(canonical), std::move(read));
  }
  return into;
}

}  // namespace

CanonicalRdata canonical_rdata(dns::Type type, Bytes rdata) {
  CanonicalRdata lowered(rdata.begin(), rdata.end());
  dns::lower_names(type, lowered);
  return lowered;
}

bool same_rdata(dns::Type type, Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  if (std::ranges::equal(a, b)) return true;
  const auto as_lower = [](std::uint8_t octet) { return dns::lower(octet); };
  if (!dns::has_names(type) || !std::ranges::equal(a, b, {}, as_lower, as_lower)) return false;
  return canonical_rdata(type, a) == canonical_rdata(type, b);
}

dns::Name spelled_name(const zone::NodeHeader& node) {
  std::array<std::uint8_t, dns::kMaxNameSize> wire;
  zone::spell(node, wire.data(), node.name_size);
  return *dns::Name::from_wire(Bytes(wire).first(node.name_size));
}

std::vector<EditRecord> records_at(const zone::Zone& zone, const dns::Name& name) {
  std::vector<EditRecord> records;
  const zone::NodeHeader* const node = zone.find(dns::hash_name(name.wire()), name.wire());
  if (node == nullptr) return records;
  const dns::Name spelled = spelled_name(*node);
  const zone::RrsetHeader* rrset = node->first();
  for (unsigned i = 0; i < node->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
    EditedRrset read = read_rrset(*rrset, zone.origin().wire());
    for (auto& [canonical, record] : read.records) {
      records.push_back({spelled, rrset->type, record.ttl, std::move(record.rdata)});
    }
  }
  return records;
}

EditedNode::EditedNode(const dns::Name& name, const zone::NodeHeader* old)
    : exists(old != nullptr),
      name_(name),
      spelled_(old == nullptr ? name : spelled_name(*old)),
      hash_(dns::hash_name(name.wire())),
      old_(old) {
  if (old == nullptr) return;
  children_ = old->children;
  flags_ = old->flags;
}

void EditedNode::read(const dns::Name& origin) {
  if (read_) return;
  read_ = true;
  if (old_ == nullptr) return;
  const zone::RrsetHeader* rrset = old_->first();
  for (unsigned i = 0; i < old_->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
    rrsets_.emplace(rrset->type, read_rrset(*rrset, origin.wire()));
  }
  before_ = rrsets_;
}

void EditedNode::add(const EditRecord& record, const dns::Name& origin) {
  read(origin);
  if (rrsets_.empty()) spelled_ = record.owner;
  EditedRrset& rrset = rrsets_[record.type];
  const auto there = rrset.records
                         .try_emplace(canonical_rdata(record.type, record.rdata),
                                      EditedRecord{record.ttl, record.rdata})
                         .first;
  there->second.ttl = record.ttl;
  if (!has_own_ttls(record.type) && rrset.ttl != record.ttl) {
    for (auto& [canonical, other] : rrset.records) other.ttl = record.ttl;
    rrset.ttl = record.ttl;
  }
  changed_ = true;
}

void EditedNode::remove(const EditRecord& record, const dns::Name& origin) {
  read(origin);
  const auto rrset = rrsets_.find(record.type);
  if (rrset == rrsets_.end()) return;
  if (rrset->second.records.erase(canonical_rdata(record.type, record.rdata)) == 0) return;
  if (rrset->second.records.empty()) rrsets_.erase(rrset);
  changed_ = true;
}

bool EditedNode::has(dns::Type type) const noexcept {
  return read_ ? rrsets_.contains(type) : had(type);
}

void EditedNode::change_children(int by) noexcept {
  children_ += static_cast<std::uint32_t>(by);
  changed_ = true;
}

void EditedNode::set_flags(std::uint8_t flags) noexcept {
  changed_ |= flags != flags_;
  flags_ = flags;
}

void EditedNode::diff(ZoneEdit& made) const {
  const auto less = [](const dns::Name& owner, const Rrsets& from, const Rrsets& than,
                       std::vector<EditRecord>& into) {
    for (const auto& [type, rrset] : from) {
      const auto other = than.find(type);
      for (const auto& [canonical, record] : rrset.records) {
        if (other != than.end()) {
          const auto there = other->second.records.find(canonical);
          if (there != other->second.records.end() && there->second.ttl == record.ttl) continue;
        }
        into.push_back({owner, type, record.ttl, record.rdata});
      }
    }
  };
  less(old_ == nullptr ? name_ : spelled_name(*old_), before_, rrsets_, made.remove);
  less(spelled_, rrsets_, before_, made.add);
}

std::int64_t EditedNode::more_records() const noexcept {
  std::int64_t more = 0;
  for (const auto& [type, rrset] : rrsets_) more += static_cast<std::int64_t>(rrset.records.size());
  for (const auto& [type, rrset] : before_) more -= static_cast<std::int64_t>(rrset.records.size());
  return more;
}

std::size_t EditedNode::most_octets() const noexcept {
  std::size_t most = sizeof(zone::NodeHeader) + dns::kMaxNameSize + 3 +
                     zone::spelling_units(dns::kMaxNameSize) * 4;
  for (const auto& [type, rrset] : rrsets_) {
    for (const auto& [canonical, record] : rrset.records) {
      most += zone::kMostBesideRdata + record.rdata.size();
    }
  }
  return most;
}

zone::OverlayNodePtr EditedNode::write(const dns::Name& origin) const {
  if (!exists) return zone::gone_node(name_.wire());
  const bool copied = !read_ && old_ != nullptr;
  const std::size_t most = copied ? zone::node_units(*old_) : (most_octets() + 3) / 4;
  const auto memory = std::make_unique_for_overwrite<std::uint32_t[]>(most);
  zone::NodeHeader header{.next = 0,
                          .children = children_,
                          .rrsets = copied ? old_->rrsets : static_cast<std::uint16_t>(0),
                          .flags = flags_,
                          .name_size = static_cast<std::uint8_t>(name_.size())};
  zone::LayoutCursor out(memory.get());
  if (copied) std::memcpy(memory.get(), old_, most * 4);
  std::uint8_t* const start = out.leave<zone::NodeHeader>();
  out.bytes(name_.wire());
  out.pad();
  for (const auto& [type, rrset] : rrsets_) {
    std::vector<zone::RecordView> views;
    views.reserve(rrset.records.size());
    for (const auto& [canonical, record] : rrset.records) {  // RFC 4034 section 6.3
      views.push_back({type, record.ttl, record.rdata});
    }
    zone::write_rrset(out, name_.wire(), origin.wire(), views, rrset.watch);
    ++header.rrsets;
  }
  if (!copied) {
    const bool capitals = header.rrsets != 0 && zone::has_capitals(spelled_.wire(), origin.size());
    header.flags &= static_cast<std::uint8_t>(~zone::kSpelled);
    if (capitals) header.flags |= zone::kSpelled;
    if (capitals) zone::write_spelling(out, spelled_.wire(), origin.size());
  }
  std::memcpy(start, &header, sizeof(header));
  const std::size_t units = copied ? most : out.units();
  auto fitted = std::make_unique_for_overwrite<std::uint32_t[]>(units);
  std::memcpy(fitted.get(), memory.get(), units * 4);
  return std::make_shared<const zone::OverlayNode>(std::move(fitted), units, false);
}

}  // namespace rollcall::edit
