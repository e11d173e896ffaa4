#include "zone/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "dns/rdata_walk.hpp"

namespace rollcall::zone {
namespace {

constexpr std::uint16_t kQuestionPointer = 0xc00c;  // RFC 1035 section 4.1.4: offset 12
constexpr std::size_t kHeaderSize = 12;             // octets of a message before the question

void put_u16(std::vector<std::uint8_t>& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// RFC 3597 section 4 lets only the types of RFC 1035 be compressed; of these, the ones that end in
/// their one name.
bool may_be_cut(dns::Type type) {
  return type == dns::Type::NS || type == dns::Type::CNAME || type == dns::Type::PTR ||
         type == dns::Type::MX;
}

bool may_follow(dns::Type type) {
  return type == dns::Type::MX || type == dns::Type::SRV || type == dns::Type::NS;
}

template <class Header>
void append(std::vector<std::uint32_t>& arena, const Header& header) {
  static_assert(sizeof(Header) % 4 == 0);
  const std::size_t at = arena.size();
  arena.resize(at + sizeof(Header) / 4);
  std::memcpy(arena.data() + at, &header, sizeof(Header));
}

void append_padded(std::vector<std::uint32_t>& arena, Bytes octets) {
  const std::size_t at = arena.size();
  arena.resize(at + (octets.size() + 3) / 4);
  if (!octets.empty()) std::memcpy(arena.data() + at, octets.data(), octets.size());
}

}  // namespace

ZoneBuilder::ZoneBuilder(const Draft& draft, std::span<const dns::Name> pools,
                         const std::string& file, Findings& findings)
    : draft_(draft), findings_(findings), zone_(new Zone) {
  collect_pools(pools, file);
}

void ZoneBuilder::collect_pools(std::span<const dns::Name> pools, const std::string& file) {
  for (const dns::Name& pool : pools) {
    if (!pool.is_at_or_below(draft_.origin())) continue;
    const std::uint32_t index = draft_.find(pool.lowered().wire());
    const bool has_address =
        index != kNoNode && (!draft_.rrset(draft_.node(index), dns::Type::A).empty() ||
                             !draft_.rrset(draft_.node(index), dns::Type::AAAA).empty());
    if (has_address) {
      pools_.insert(pool.lowered());
    } else {
      findings_.file_error(
          file, fmt::format("pool {} has no A or AAAA record in {}", pool.to_display(), file));
    }
  }
}

std::shared_ptr<const Zone> ZoneBuilder::build() {
  zone_->origin_ = draft_.origin();
  zone_->record_count_ = draft_.record_count();
  zone_->name_count_ = draft_.nodes().size();
  std::size_t units = 0;  // enough for all: a cut only makes it less
  for (const std::uint32_t index : draft_.nodes()) {
    const DraftNode& node = draft_.node(index);
    units += sizeof(NodeHeader) / 4 + (node.name_size + 3U) / 4;
    for (const DraftRecord& record : draft_.records(node)) {
      units += (sizeof(RrsetHeader) + kRecordHeaderSize + record.size + 3U) / 4;
    }
  }
  if (units > 0xfffffffe) {
    findings_.error({}, "the zone is larger than 16 GiB");
    return nullptr;
  }
  zone_->arena_.reserve(units);
  for (const std::uint32_t index : draft_.nodes()) add_node(draft_.node(index));
  if (findings_.has_errors()) return nullptr;
  fill_index();
  read_soa();
  std::vector<std::uint16_t> counts;
  for (const WatchedRrset& rrset : zone_->watched_) {
    counts.push_back(static_cast<std::uint16_t>(rrset.records.size()));
  }
  zone_->watch_table_ = std::make_unique<WatchTable>(counts, zone_->soa_.serial);
  return zone_;
}

void ZoneBuilder::add_node(const DraftNode& node) {
  std::vector<std::uint32_t>& arena = zone_->arena_;
  const std::size_t start = arena.size();
  NodeHeader header{static_cast<std::uint32_t>(node.hash >> 32), 0, 0, node.flags, node.name_size};
  for_each_rrset(draft_.records(node), [&](auto) { ++header.rrsets; });
  append(arena, header);
  append_padded(arena, draft_.name(node));
  for_each_rrset(draft_.records(node),
                 [&](std::span<const DraftRecord> records) { add_rrset(node, records); });
  header.next =
      &node == &draft_.node(draft_.nodes().back()) ? 0 : static_cast<std::uint32_t>(arena.size());
  std::memcpy(arena.data() + start, &header, sizeof(header));
}

void ZoneBuilder::add_rrset(const DraftNode& node, std::span<const DraftRecord> records) {
  if (records.size() > 0xffff) {
    findings_.error(records.back().mark,
                    fmt::format("{} {} records at one name are too many: 65535 at the most",
                                records.size(), dns::type_name(records[0].type)));
    return;
  }
  const std::size_t origin_at = kHeaderSize + node.name_size - draft_.origin().size();
  const auto pointer = static_cast<std::uint16_t>(0xc000U | origin_at);
  bool cut = false;
  octets_.clear();
  std::size_t equal_size = 0;
  for (const DraftRecord& record : records) {
    const std::size_t before = octets_.size();
    cut |= cut_at(record, pointer) != record.size;
    add_record(node, record, pointer);
    const std::size_t size = octets_.size() - before;
    if (&record == records.data()) equal_size = size;
    if (size != equal_size || size > 0xffff) equal_size = 0;
  }
  const RrsetHeader header{records[0].type,
                           static_cast<std::uint16_t>(records.size()),
                           records[0].ttl,
                           static_cast<std::uint32_t>(octets_.size()),
                           static_cast<std::uint16_t>(equal_size),
                           cut ? pointer : std::uint16_t{0},
                           watch(node, records)};
  append(zone_->arena_, header);
  append_padded(zone_->arena_, octets_);
}

/// The octets of RDATA before the pointer to the origin; all of them where it is not cut.
std::size_t ZoneBuilder::cut_at(const DraftRecord& record, std::uint16_t origin_pointer) const {
  const Bytes origin = draft_.origin().wire();
  // A pointer that ends in zero would look like the end of a name, and to the root none is shorter.
  if (!may_be_cut(record.type) || origin.size() <= 2 || (origin_pointer & 0xff) == 0) {
    return record.size;
  }
  const dns::Name target = *dns::Name::from_wire(dns::target_of(record.type, draft_.rdata(record)));
  return target.is_at_or_below(draft_.origin()) ? record.size - origin.size() : record.size;
}

void ZoneBuilder::add_record(const DraftNode&, const DraftRecord& record,
                             std::uint16_t origin_pointer) {
  const std::size_t kept = cut_at(record, origin_pointer);
  const bool cut = kept != record.size;
  put_u16(octets_, kQuestionPointer);
  put_u16(octets_, static_cast<unsigned>(record.type));
  put_u16(octets_, static_cast<unsigned>(dns::Class::IN));
  put_u16(octets_, record.ttl >> 16);
  put_u16(octets_, record.ttl & 0xffff);
  put_u16(octets_, static_cast<unsigned>(kept + (cut ? 2 : 0)));
  const Bytes rdata = draft_.rdata(record).first(kept);
  octets_.insert(octets_.end(), rdata.begin(), rdata.end());
  if (cut) put_u16(octets_, origin_pointer);
}

std::vector<WatchedRecord> ZoneBuilder::watched_records(
    const DraftNode& node, std::span<const DraftRecord> records) const {
  std::vector<WatchedRecord> watched;
  if (pools_.empty()) return watched;
  const dns::Type type = records[0].type;
  if (type == dns::Type::A || type == dns::Type::AAAA) {
    if (!pools_.contains(*dns::Name::from_wire(draft_.name(node)))) return watched;
    for (const DraftRecord& record : records) {
      watched.push_back({IpAddress::from_octets(draft_.rdata(record)), std::nullopt});
    }
  } else if (may_follow(type)) {
    bool follows = false;
    for (const DraftRecord& record : records) {
      const dns::Name target = *dns::Name::from_wire(dns::target_of(type, draft_.rdata(record)));
      const bool pool = pools_.contains(target);
      watched.push_back({std::nullopt, pool ? std::optional(target) : std::nullopt});
      follows |= pool;
    }
    if (!follows) watched.clear();
  }
  return watched;
}

std::uint32_t ZoneBuilder::watch(const DraftNode& node, std::span<const DraftRecord> records) {
  std::vector<WatchedRecord> watched = watched_records(node, records);
  if (watched.empty()) return kNoWatch;
  const dns::Name owner = *dns::Name::from_wire(draft_.name(node));
  const dns::Type type = records[0].type;
  if (watched.size() > kMaxWatchedRecords) {
    const std::string many = fmt::format("{} has {} {} records", owner.to_display(), watched.size(),
                                         dns::type_name(type));
    const SourceMark last = std::ranges::max_element(records, {}, &DraftRecord::mark)->mark;
    if (watched[0].address) {
      findings_.error(last, fmt::format("pool {}: a pool may have 64", many));
    } else {
      findings_.warning(last, fmt::format("{}: more than 64 do not follow their pools", many));
    }
    return kNoWatch;
  }
  const auto id = static_cast<std::uint32_t>(zone_->watched_.size());
  zone_->watched_.push_back({WatchId{id}, owner, type, std::move(watched)});
  return id;
}

void ZoneBuilder::fill_index() {
  zone_->slots_.resize(std::bit_ceil(draft_.nodes().size() * 3 / 2 + 1));
  const std::size_t mask = zone_->slots_.size() - 1;
  const NodeHeader* node = zone_->first_node();
  std::uint32_t offset = 0;
  for (const std::uint32_t index : draft_.nodes()) {
    std::size_t slot = draft_.node(index).hash & mask;
    while (zone_->slots_[slot].node != 0) slot = (slot + 1) & mask;
    zone_->slots_[slot] = {node->hash, offset + 1};
    offset = node->next;
    node = zone_->next_node(node);
  }
}

void ZoneBuilder::read_soa() {
  const DraftNode& apex = draft_.node(draft_.nodes().front());
  const DraftRecord& record = draft_.rrset(apex, dns::Type::SOA).front();
  const Bytes rdata = draft_.rdata(record);
  const std::size_t mname_size = *dns::field_size(dns::Field::compressible_name, rdata);
  const std::size_t names_size = rdata.size() - 20;
  ByteReader numbers(rdata, names_size);
  SoaFields& soa = zone_->soa_;
  soa.mname = *dns::Name::from_wire(rdata.first(mname_size));
  soa.rname = *dns::Name::from_wire(rdata.subspan(mname_size, names_size - mname_size));
  soa.ttl = record.ttl;
  soa.serial = numbers.u32();
  soa.refresh = numbers.u32();
  soa.retry = numbers.u32();
  soa.expire = numbers.u32();
  soa.minimum = numbers.u32();
}

}  // namespace rollcall::zone
