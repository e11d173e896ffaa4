#include "zone/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/nearest.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::zone {
namespace {

constexpr std::string_view kMx = "MX";

}  // namespace

ZoneBuilder::ZoneBuilder(const Draft& draft, const ZoneSpec& spec, const PoolPlace& place_of,
                         Findings& findings)
    : draft_(draft), findings_(findings), zone_(new Zone) {
  collect_pools(spec, place_of);
}

void ZoneBuilder::collect_pools(const ZoneSpec& spec, const PoolPlace& place_of) {
  const auto collect = [&](const dns::Name& pool, auto has_records, std::string_view wanted,
                           std::unordered_set<dns::Name>& into) {
    if (!pool.is_at_or_below(draft_.origin())) return;
    const DraftRef ref = draft_.find(pool.lowered().wire());
    if (ref != kNoDraft && has_records(draft_.node(ref))) {
      into.insert(pool.lowered());
    } else {
      // The file may change without the configuration; the zone is served nevertheless.
      findings_.warning_elsewhere(
          place_of ? place_of(pool) : SourcePosition{spec.file},
          fmt::format("pool {} is ignored: it has no {} record in {}{}", pool.to_display(), wanted,
                      spec.file, pool_hint(pool, wanted == kMx)));
    }
  };
  for (const dns::Name& pool : spec.pools) {
    const auto has_address = [](const DraftNode& node) { return node.has(kHasAddress); };
    collect(pool, has_address, "A or AAAA", pools_);
  }
  for (const dns::Name& pool : spec.mx_pools) {
    const auto has_mx = [&](const DraftNode& node) {
      return !draft_.rrset(node, dns::Type::MX).empty();
    };
    collect(pool, has_mx, kMx, mx_pools_);
  }
}

/// A guess at the name that was meant by a pool without records in the zone.
std::string ZoneBuilder::pool_hint(const dns::Name& pool, bool wants_mx) const {
  const DraftRef ref = draft_.find(pool.lowered().wire());
  if (ref == kNoDraft) return near_owner(pool);
  const DraftNode& node = draft_.node(ref);
  if (wants_mx) {
    return node.has(kHasAddress) ? "; for its addresses, remove \"records: MX\"" : "";
  }
  if (!draft_.rrset(node, dns::Type::MX).empty()) {
    return "; for its exchanges, add \"records: MX\"";
  }
  const auto cname = draft_.rrset(node, dns::Type::CNAME);
  if (cname.empty()) return "";
  return fmt::format("; it is an alias: make {} the pool",
                     dns::Name::from_wire(cname.front()->rdata())->to_display());
}

std::string ZoneBuilder::near_owner(const dns::Name& pool) const {
  constexpr std::size_t kLookedAt = 100'000;  // names: some tens of milliseconds
  if (findings_.full() || draft_.nodes().size() > kLookedAt) return "";
  const auto head_of = [this](const dns::Name& name) {
    std::string text = name.to_display();
    text.resize(text.size() - std::min(text.size(), draft_.origin().to_display().size()));
    return text;
  };
  std::vector<std::string> heads;
  draft_.for_each_node([&](const DraftNode& node) {
    if (node.has(kHasAddress)) heads.push_back(head_of(*dns::Name::from_wire(node.name())));
  });
  const std::vector<std::string_view> words(heads.begin(), heads.end());
  const auto near = nearest_word(head_of(pool), words);
  if (!near) return "";
  return fmt::format(", did you mean \"{}{}\"?", *near, draft_.origin().to_display());
}

std::shared_ptr<const Zone> ZoneBuilder::build() {
  zone_->origin_ = draft_.origin();
  zone_->record_count_ = draft_.record_count();
  zone_->name_count_ = draft_.nodes().size();
  lay_out();
  if (findings_.has_errors()) return nullptr;
  const DraftRecord& soa = *draft_.rrset(draft_.apex(), dns::Type::SOA).front();
  zone_->soa_ = read_soa(soa.rdata(), soa.ttl, draft_.origin());
  std::vector<std::uint16_t> counts;
  counts.reserve(watched_.size());
  for (const WatchedRrset& rrset : watched_) {
    counts.push_back(static_cast<std::uint16_t>(rrset.records.size()));
  }
  zone_->watched_ = std::make_shared<const std::vector<WatchedRrset>>(std::move(watched_));
  zone_->watch_table_ = std::make_shared<WatchTable>(counts, zone_->soa_.serial);
  return zone_;
}

void ZoneBuilder::lay_out() {
  // As if nothing were cut and each record were an RRset of its own. The rest is never touched, and
  // pages that were never touched take no memory.
  const std::size_t most = draft_.nodes().size() * (sizeof(NodeHeader) + 3) + draft_.name_octets() +
                           draft_.record_count() * kMostBesideRdata + draft_.rdata_octets() +
                           draft_.spelling_count() * spelling_units(dns::kMaxNameSize) * 4;
  if (most / 4 > 0xfffffffe) {
    findings_.error({}, "the zone is larger than 16 GiB");
    return;
  }
  base_->arena = std::make_unique_for_overwrite<std::uint32_t[]>((most + 3) / 4);
  base_->make_slots(draft_.nodes().size());
  LayoutCursor out(base_->arena.get());
  const std::span<const DraftRef> nodes = draft_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    // Canonical order jumps through the draft: without this every node is a wait for memory.
    constexpr std::size_t kAhead = 8;
    if (i + kAhead < nodes.size()) __builtin_prefetch(&draft_.node(nodes[i + kAhead]));
    add_node(out, draft_.node(nodes[i]), i + 1 == nodes.size());
  }
  base_->arena_size = out.units();
  zone_->set_base(base_);
}

void ZoneBuilder::add_node(LayoutCursor& out, const DraftNode& node, bool last) {
  base_->put_slot(node.hash, out.units());
  NodeHeader header{.rrsets = 0, .flags = node.flags, .name_size = node.name_size};
  const std::size_t depth = dns::label_count(node.name().data());
  ancestors_[depth] = out.units();
  // Canonical order has the parent before, and each name above a node is a node itself.
  if (depth > dns::label_count(draft_.origin().wire().data()))
    ++node_at(ancestors_[depth - 1]).children;
  std::uint8_t* start = out.leave<NodeHeader>();
  out.bytes(node.name());
  out.pad();
  draft_.collect(node, records_);
  for_each_rrset(records_, [&](DraftRecords records) {
    ++header.rrsets;
    add_rrset(out, node, records);
  });
  if ((node.flags & kSpelled) != 0) {
    write_spelling(out, draft_.spelling(node).wire(), draft_.origin().size());
  }
  header.next = last ? 0 : out.units();
  std::memcpy(start, &header, sizeof(header));
}

void ZoneBuilder::add_rrset(LayoutCursor& out, const DraftNode& node, DraftRecords records) {
  views_.clear();
  for (const DraftRecord* record : records) {
    views_.push_back({record->type, record->ttl, record->rdata()});
  }
  const std::size_t octets =
      write_rrset(out, node.name(), draft_.origin().wire(), views_, watch(node, records));
  if (octets <= kMaxRrsetSize) return;
  const DraftRecord& last = **std::ranges::max_element(records, {}, &DraftRecord::mark);
  findings_.error(
      last.mark,
      fmt::format("the {} records of {} take {} octets, more than a message can hold (at most {})",
                  dns::type_name(last.type), dns::Name::from_wire(node.name())->to_display(),
                  octets, kMaxRrsetSize));
}

std::vector<WatchedRecord> ZoneBuilder::watched_records(const DraftNode& node,
                                                        DraftRecords records) const {
  if (pools_.empty() && mx_pools_.empty()) return {};
  const dns::Type type = records[0]->type;
  if (may_follow(type)) return leading_records(node, records);
  std::vector<WatchedRecord> watched;
  const bool addresses = type == dns::Type::A || type == dns::Type::AAAA;
  if (!addresses || !pools_.contains(*dns::Name::from_wire(node.name()))) return watched;
  for (const DraftRecord* record : records) {
    watched.emplace_back().address = IpAddress::from_octets(record->rdata());
  }
  return watched;
}

/// The records of an RRset that point to names: they follow pools, or are a pool, or both.
std::vector<WatchedRecord> ZoneBuilder::leading_records(const DraftNode& node,
                                                        DraftRecords records) const {
  const dns::Name owner = *dns::Name::from_wire(node.name());
  std::vector<WatchedRecord> watched;
  const bool is_pool =
      records[0]->type == dns::Type::MX && !mx_pools_.empty() && mx_pools_.contains(owner);
  bool any = is_pool;
  for (const DraftRecord* record : records) {
    const dns::Name target = followed_target(record->type, record->rdata(), owner);
    WatchedRecord& entry = watched.emplace_back();
    entry.target = pool_behind(target);
    if (is_pool) entry.exchange = target.lowered();
    any |= entry.target.has_value();
  }
  if (!any) watched.clear();
  return watched;
}

/// The pool that answers for `target`: the name itself, or the wildcard that covers it (RFC 4592
/// section 3.3.1).
std::optional<dns::Name> ZoneBuilder::pool_behind(const dns::Name& target) const {
  if (pools_.contains(target)) return target;
  if (pools_.empty() || !target.is_at_or_below(draft_.origin())) return std::nullopt;
  dns::Name encloser = target.lowered();
  DraftRef ref = draft_.find(encloser.wire());
  if (ref != kNoDraft) return std::nullopt;
  while (ref == kNoDraft) {
    encloser = encloser.parent();
    ref = draft_.find(encloser.wire());
  }
  const DraftNode& found = draft_.node(ref);
  if ((found.flags & (kNotAuthoritative | kDname)) != 0) return std::nullopt;
  const auto wildcard = encloser.child(as_bytes("*"));
  return wildcard && pools_.contains(*wildcard) ? std::optional(*wildcard) : std::nullopt;
}

std::uint32_t ZoneBuilder::watch(const DraftNode& node, DraftRecords records) {
  std::vector<WatchedRecord> watched = watched_records(node, records);
  if (watched.empty()) return kNoWatch;
  const dns::Name owner = *dns::Name::from_wire(node.name());
  const dns::Type type = records[0]->type;
  if (watched.size() > kMaxWatchedRecords) {
    const std::string many = fmt::format("{} has {} {} records", owner.to_display(), watched.size(),
                                         dns::type_name(type));
    const SourceMark last = (*std::ranges::max_element(records, {}, &DraftRecord::mark))->mark;
    if (watched[0].is_member()) {
      findings_.error(last, fmt::format("pool {}: at most 64 are allowed", many));
    } else {
      findings_.warning(last, fmt::format("{}: more than 64 do not follow their pools", many));
    }
    return kNoWatch;
  }
  const auto id = static_cast<std::uint32_t>(watched_.size());
  watched_.push_back({WatchId{id}, owner, type, records[0]->ttl, std::move(watched)});
  return id;
}

NodeHeader& ZoneBuilder::node_at(std::uint32_t offset) noexcept {
  return *reinterpret_cast<NodeHeader*>(base_->arena.get() + offset);
}

}  // namespace rollcall::zone
