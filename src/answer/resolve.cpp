#include "answer/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "answer/addresses.hpp"
#include "dns/name_hash.hpp"
#include "edit/placeholder.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;
using dns::Type;
using zone::NodeFlag;
using zone::NodeHeader;
using zone::RrsetHeader;

/// RFC 8482 section 4.2: an HINFO whose CPU is "RFC8482" and whose OS is empty.
constexpr std::array<std::uint8_t, 9> kAnyHinfo{7, 'R', 'F', 'C', '8', '4', '8', '2', 0};
constexpr std::uint32_t kAnyTtl = 3600;  // seconds; long, so that ANY is seldom repeated

/// The search for one question through the zones. The current name is in the message at `name_at_`,
/// label by label up to its zone's origin, which is at `origin_at_`.
class Search {
 public:
  Search(const zone::Catalog& catalog, const zone::Zone& zone, const dns::Query& query,
         AnyAnswer any, ResponseWriter& out) noexcept
      : catalog_(catalog), zone_(&zone), query_(query), name_(&query.name), any_(any), out_(out) {
    place_name(dns::kHeaderSize);
  }

  Resolution run() noexcept {
    for (unsigned chain = 0; chain <= kMaxChain; ++chain) {
      if (!find_name()) break;
    }
    return result_;
  }

 private:
  /// A CNAME or DNAME that was followed, and the hash of the name for which it was followed: below
  /// a wildcard or a DNAME one record serves many names.
  struct Step {
    const RrsetHeader* rrset;
    std::uint64_t name_hash;
    bool operator==(const Step&) const = default;
  };
  std::span<const Step> steps() const noexcept { return std::span(steps_).first(step_count_); }

  /// Continues with another name.
  template <class... Parts>
  void go_to(Parts... parts) noexcept {
    target_.assign(parts...);
    name_ = &target_;
  }

  /// Places the whole current name at `at`.
  void place_name(std::size_t at) noexcept {
    name_at_ = static_cast<std::uint16_t>(at);
    origin_at_ = static_cast<std::uint16_t>(at + name_->size() - zone_->origin().size());
  }

  /// The place in the message of suffix `i` of the current name, which is at or below the origin.
  std::uint16_t suffix_at(std::size_t i) const noexcept {
    const std::size_t head = name_->size() - zone_->origin().size();
    const std::size_t offset = name_->offset(i);
    return offset >= head ? origin_at_ : static_cast<std::uint16_t>(name_at_ + offset);
  }

  /// RFC 1034 section 4.3.2 step 3. @return true where another name must be looked up.
  bool find_name() noexcept {
    const NodeHeader* node = zone_->find(name_->hash(0), name_->suffix(0));
    if (node != nullptr && (node->flags & zone::kNotAuthoritative) == 0) return answer_at(*node);
    return search_upward(node);
  }

  /// Answers by the closest encloser of the current name.
  /// @param node of the current name: below a cut or a DNAME, or null
  bool search_upward(const NodeHeader* node) noexcept {
    const dns::QueryName& name = *name_;
    const std::size_t above_origin = name.labels() - zone_->origin().label_count();
    for (std::size_t i = 0; i <= above_origin; ++i) {
      if (i > 0 || node == nullptr) node = zone_->find(name.hash(i), name.suffix(i));
      if (node == nullptr || node->has(NodeFlag::kBelowCut) || node->has(NodeFlag::kBelowDname)) {
        continue;
      }
      if (node->has(NodeFlag::kZoneCut)) {
        // RFC 4035 3.1.4.1: DS at the cut is the parent's own data.
        if (i == 0 && query_.type == Type::DS) return answer_at(*node);
        return refer(*node, i);
      }
      if (node->has(NodeFlag::kDname) && i > 0) return rewrite(*node, i);
      if (node->has(NodeFlag::kWildcardChild)) return answer_wildcard(i);
      return deny(Rcode::nxdomain);
    }
    return deny(Rcode::nxdomain);
  }

  bool answer_at(const NodeHeader& node) noexcept {
    result_.flags |= dns::flag::kAa;
    // RFC 1995 section 2: IXFR over UDP gets only the SOA, so that the client comes back over TCP.
    const Type type = query_.type == Type::IXFR ? Type::SOA : query_.type;
    if (const RrsetHeader* rrset = node.find(type)) return answer_with(*rrset);
    if (type == Type::ANY && node.rrsets > 0) return answer_any(node);
    if (node.has(NodeFlag::kCname)) return follow(*node.find(Type::CNAME));
    if (type == Type::TXT && append_placeholder(node)) return false;
    return deny(Rcode::noerror);
  }

  /// What secondaries have at a name whose pool has no live record.
  bool append_placeholder(const NodeHeader& node) noexcept {
    const zone::WatchTable& watches = zone_->watch_table();
    const auto mask_of = [&](std::uint32_t watch) { return watches.mask(watch); };
    if (!edit::is_emptied(node, mask_of)) return false;
    note(out_.append_record(Section::answer, name_at_, Type::TXT, edit::placeholder_ttl(node),
                            edit::kPlaceholderRdata));
    return true;
  }

  bool answer_any(const NodeHeader& node) noexcept {
    if (any_ == AnyAnswer::hinfo) {
      note(out_.append_record(Section::answer, name_at_, Type::HINFO, kAnyTtl, kAnyHinfo));
      return false;
    }
    const std::uint16_t before = out_.count(Section::answer);
    const RrsetHeader* rrset = node.first();
    bool fits = true;
    for (unsigned i = 0; i < node.rrsets && fits; ++i, rrset = zone::next_rrset(rrset)) {
      fits = rrset->type == Type::SOA
                 ? out_.append_soa(Section::answer, *zone_, origin_at_, zone_->soa().ttl)
                 : out_.append(Section::answer, *zone_, *rrset, {name_at_, origin_at_});
    }
    // Only pools that fail closed.
    if (!note(fits) || out_.count(Section::answer) != before) return false;
    return append_placeholder(node) ? false : deny(Rcode::noerror);
  }

  bool answer_with(const RrsetHeader& rrset) noexcept {
    if (rrset.type == Type::SOA) {
      note(out_.append_soa(Section::answer, *zone_, origin_at_, zone_->soa().ttl));
      return false;
    }
    if (is_written(rrset)) return false;  // the query is for DNAME, and the chain followed this one
    const std::uint16_t before = out_.count(Section::answer);
    const std::size_t start = out_.position();
    if (!note(out_.append(Section::answer, *zone_, rrset, {name_at_, origin_at_}))) return false;
    // A pool that fails closed has no live record: the name exists, without data.
    if (out_.count(Section::answer) == before) return deny(Rcode::noerror);
    if (host_offset(rrset.type)) {
      append_addresses(out_, *zone_, origin_at_, {start, out_.position()}, Glue::leave_out);
    }
    return false;
  }

  /// RFC 4592 section 3.3.1: the wildcard below the closest encloser, suffix `i`, answers under the
  /// question's name.
  bool answer_wildcard(std::size_t i) noexcept {
    const Bytes encloser = name_->suffix(i);
    std::array<std::uint8_t, dns::kMaxNameSize + 2> name{1, '*'};
    std::ranges::copy(encloser, name.begin() + 2);
    const std::uint64_t hash = dns::hash_label(name_->hash(i), name.data());
    const NodeHeader* node = zone_->find(hash, Bytes(name).first(encloser.size() + 2));
    return node != nullptr ? answer_at(*node) : deny(Rcode::nxdomain);
  }

  /// RFC 1034 section 4.3.2 step 3a: restart at the CNAME's target.
  bool follow(const RrsetHeader& cname) noexcept {
    if (was_here(cname)) return false;
    const std::size_t start = out_.position();
    if (!note(out_.append(Section::answer, *zone_, cname, {name_at_, origin_at_}))) return false;
    const std::size_t target_at = start + zone::kRecordHeaderSize;
    const Bytes record = cname.records();
    const Bytes rdata = record.subspan(zone::kRecordHeaderSize);
    if (!zone::ends_in_origin_pointer(cname, record)) {
      go_to(rdata);
      return enter_zone(target_at);
    }
    const Bytes head = rdata.first(rdata.size() - 2);
    go_to(head, zone_->origin().wire());
    const std::uint16_t origin_at = origin_at_;
    if (!enter_zone(target_at)) return false;
    // The target is cut: after its head comes the old origin. A deeper zone's origin begins in the
    // head; that of a parent, in which a DS is looked up, after the first labels of the old origin.
    const std::size_t cut_at = target_at + head.size();
    if (origin_at_ >= cut_at) {
      origin_at_ = static_cast<std::uint16_t>(origin_at + (origin_at_ - cut_at));
    }
    if (head.empty()) name_at_ = origin_at;
    return true;
  }

  /// RFC 6672 section 3.2: the DNAME at suffix `i`, and the CNAME synthesised from it.
  bool rewrite(const NodeHeader& node, std::size_t i) noexcept {
    result_.flags |= dns::flag::kAa;
    const RrsetHeader& dname = *node.find(Type::DNAME);
    const bool written = is_written(dname);
    if (was_here(dname)) return false;
    if (!written &&
        !note(out_.append(Section::answer, *zone_, dname, {suffix_at(i), origin_at_}))) {
      return false;
    }
    const Bytes target = dname.records().subspan(zone::kRecordHeaderSize);
    const Bytes head = name_->suffix(0).first(name_->offset(i));
    dns::QueryName made;
    if (!made.assign(head, target)) {
      result_.rcode = Rcode::yxdomain;
      return false;
    }
    const std::size_t target_at = out_.position() + zone::kRecordHeaderSize;
    if (!note(out_.append_record(Section::answer, name_at_, Type::CNAME, dname.ttl,
                                 made.suffix(0)))) {
      return false;
    }
    if (query_.type == Type::CNAME || query_.type == Type::ANY) return false;
    go_to(made.suffix(0));
    return enter_zone(target_at);
  }

  /// True where a chain returns to a name: its record is in the answer already, and an RRset has no
  /// record twice (RFC 2181 section 5).
  bool was_here(const RrsetHeader& rrset) noexcept {
    const Step step{&rrset, name_->hash(0)};
    if (std::ranges::find(steps(), step) != steps().end()) return true;
    steps_[step_count_++] = step;
    return false;
  }

  /// True for a DNAME that the chain followed before, from another name below it.
  bool is_written(const RrsetHeader& dname) const noexcept {
    return std::ranges::find(steps(), &dname, &Step::rrset) != steps().end();
  }

  /// Continues in the zone of the current name, which is at `at`; false where none is served.
  bool enter_zone(std::size_t at) noexcept {
    const zone::CatalogEntry* entry = find_zone(catalog_, *name_, query_.type);
    if (entry == nullptr || !entry->zone) return false;
    zone_ = entry->zone.get();
    place_name(at);
    return true;
  }

  /// RFC 1034 section 4.3.2 step 3b. RFC 9471: glue that does not fit sets TC.
  bool refer(const NodeHeader& cut, std::size_t i) noexcept {
    const std::size_t start = out_.position();
    const RrsetHeader& ns = *cut.find(Type::NS);
    if (!note(out_.append(Section::authority, *zone_, ns, {suffix_at(i), origin_at_}))) {
      return false;
    }
    note(append_addresses(out_, *zone_, origin_at_, {start, out_.position()}, Glue::needed));
    return false;
  }

  /// RFC 2308 sections 2.1 and 2.2: NXDOMAIN or NODATA with the SOA, whose TTL is that of section
  /// 5.
  bool deny(Rcode rcode) noexcept {
    result_.flags |= dns::flag::kAa;
    result_.rcode = rcode;
    const zone::SoaFields& soa = zone_->soa();
    note(out_.append_soa(Section::authority, *zone_, origin_at_, std::min(soa.ttl, soa.minimum)));
    return false;
  }

  bool note(bool fitted) noexcept {
    if (!fitted) result_.flags |= dns::flag::kTc;
    return fitted;
  }

  const zone::Catalog& catalog_;
  const zone::Zone* zone_;
  const dns::Query& query_;
  const dns::QueryName* name_;  // the current one: of the question, or target_
  dns::QueryName target_;       // of the alias that was followed last
  AnyAnswer any_;
  ResponseWriter& out_;
  std::uint16_t name_at_ = 0;
  std::uint16_t origin_at_ = 0;
  Resolution result_;

  std::array<Step, kMaxChain + 1> steps_;
  std::size_t step_count_ = 0;  // at most one for each name that run() looks up
};

}  // namespace

const zone::CatalogEntry* find_zone(const zone::Catalog& catalog, const dns::QueryName& name,
                                    dns::Type type) noexcept {
  const zone::CatalogEntry* entry = catalog.find(name);
  if (entry == nullptr || type != dns::Type::DS || name.labels() == 0) return entry;
  if (name.size() != entry->origin.size()) return entry;
  const zone::CatalogEntry* parent = catalog.find(name, 1);
  return parent != nullptr ? parent : entry;
}

Resolution resolve(const zone::Catalog& catalog, const zone::Zone& zone, const dns::Query& query,
                   AnyAnswer any, ResponseWriter& out) noexcept {
  return Search(catalog, zone, query, any, out).run();
}

}  // namespace rollcall::answer
