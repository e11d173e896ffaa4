#include "transfer/update.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "zone/semantic_check.hpp"

namespace rollcall::transfer {
namespace {

using dns::Class;
using dns::Rcode;
using dns::Type;
using edit::EditRecord;

struct Rrset {
  std::optional<std::uint32_t> ttl;  // of the last record that was added
  std::map<edit::CanonicalRdata, EditRecord> records;

  std::uint32_t ttl_of(const EditRecord& record) const { return ttl.value_or(record.ttl); }
};
using Rrsets = std::map<Type, Rrset>;  // each has a record

/// What an update leads to, while its steps are taken one after the other (section 3.4.2).
class Content {
 public:
  explicit Content(const zone::Zone& zone) : zone_(zone), origin_(zone.origin().name().lowered()) {}

  Rrsets& at(const dns::Name& owner) {
    const dns::Name name = owner.lowered();
    const auto [found, fresh] = now_.try_emplace(name);
    if (fresh) {
      for (EditRecord& record : edit::records_at(zone_, name)) {
        auto canonical = edit::canonical_rdata(record.type, record.rdata);
        found->second[record.type].records.emplace(std::move(canonical), std::move(record));
      }
      before_[name] = found->second;
    }
    return found->second;
  }
  bool is_apex(const dns::Name& owner) const { return owner.size() == origin_.size(); }

  /// The records that went and those that came.
  edit::ZoneEdit difference() const {
    edit::ZoneEdit made;
    const auto less = [](const Rrsets& from, const Rrsets& than, std::vector<EditRecord>& into) {
      for (const auto& [type, rrset] : from) {
        const auto other = than.find(type);
        for (const auto& [canonical, record] : rrset.records) {
          const std::uint32_t ttl = rrset.ttl_of(record);
          if (other != than.end()) {
            const auto there = other->second.records.find(canonical);
            const bool is_there = there != other->second.records.end();
            if (is_there && other->second.ttl_of(there->second) == ttl) continue;
          }
          into.push_back(record);
          into.back().ttl = ttl;
        }
      }
    };
    for (const auto& [name, rrsets] : now_) {
      less(before_.at(name), rrsets, made.remove);
      less(rrsets, before_.at(name), made.add);
    }
    return made;
  }

 private:
  const zone::Zone& zone_;
  dns::Name origin_;
  std::map<dns::Name, Rrsets, dns::CanonicalLess> now_, before_;
};

// --- reading
// ----------------------------------------------------------------------------------------

/// Section 3.2.
Result<Prerequisite, Rcode> read_prerequisite(Bytes message, const dns::WireRecord& record,
                                              const dns::Name& owner) {
  const bool any = record.type == Type::ANY;
  if (record.ttl != 0 || (!any && dns::is_meta(record.type)))
    return std::unexpected(Rcode::formerr);
  Prerequisite read{.owner = owner, .type = record.type};
  switch (record.rclass) {
    case Class::ANY:
      read.kind = any ? PrerequisiteKind::name_in_use : PrerequisiteKind::rrset_exists;
      break;
    case Class::NONE:
      read.kind = any ? PrerequisiteKind::name_not_in_use : PrerequisiteKind::rrset_does_not_exist;
      break;
    case Class::IN: {
      auto rdata = any ? std::nullopt : dns::plain_rdata(message, record);
      if (!rdata) return std::unexpected(Rcode::formerr);
      read.kind = PrerequisiteKind::rrset_is;
      read.rdata = std::move(*rdata);
      return read;
    }
    default:
      return std::unexpected(Rcode::formerr);
  }
  if (!record.rdata.empty()) return std::unexpected(Rcode::formerr);
  return read;
}

/// Section 3.4.1.3.
Result<UpdateStep, Rcode> read_step(Bytes message, const dns::WireRecord& record,
                                    const dns::Name& owner) {
  const bool any = record.type == Type::ANY;
  UpdateStep step{.record = {owner, record.type, record.ttl, {}}};
  if (record.rclass == Class::ANY) {
    const bool good =
        record.ttl == 0 && record.rdata.empty() && (any || !dns::is_meta(record.type));
    if (!good) return std::unexpected(Rcode::formerr);
    step.kind = any ? UpdateKind::delete_name : UpdateKind::delete_rrset;
    return step;
  }
  const bool deletes = record.rclass == Class::NONE;
  if ((!deletes && record.rclass != Class::IN) || dns::is_meta(record.type) ||
      (deletes && record.ttl != 0)) {
    return std::unexpected(Rcode::formerr);
  }
  auto rdata = dns::plain_rdata(message, record);
  if (!rdata) return std::unexpected(Rcode::formerr);
  step.kind = deletes ? UpdateKind::delete_record : UpdateKind::add;
  step.record.rdata = std::move(*rdata);
  return step;
}

// --- prerequisites
// ------------------------------------------------------------------------------------

std::optional<Rcode> broken(const Prerequisite& wanted, const Rrsets& there) {
  switch (wanted.kind) {
    case PrerequisiteKind::name_in_use:
      return there.empty() ? std::optional(Rcode::nxdomain) : std::nullopt;
    case PrerequisiteKind::name_not_in_use:
      return there.empty() ? std::nullopt : std::optional(Rcode::yxdomain);
    case PrerequisiteKind::rrset_exists:
      return there.contains(wanted.type) ? std::nullopt : std::optional(Rcode::nxrrset);
    case PrerequisiteKind::rrset_does_not_exist:
      return there.contains(wanted.type) ? std::optional(Rcode::yxrrset) : std::nullopt;
    case PrerequisiteKind::rrset_is:
      break;
  }
  return std::nullopt;
}

// --- steps
// ------------------------------------------------------------------------------------------

std::uint32_t serial_in(Bytes soa) {
  return load_u32(soa.data() + soa.size() - 20);
}

/// Section 3.4.2.2: what may not be added is passed over in silence.
bool may_be_added(const EditRecord& record, const Rrsets& there, bool is_apex) {
  if (record.type == Type::SOA) {
    const auto soa = there.find(Type::SOA);
    return is_apex && soa != there.end() &&
           dns::serial_greater(serial_in(record.rdata),
                               serial_in(soa->second.records.begin()->second.rdata));
  }
  if (record.type == Type::CNAME) {
    return std::ranges::all_of(
        there, [](const auto& other) { return zone::may_stand_beside_cname(other.first); });
  }
  return !there.contains(Type::CNAME) || zone::may_stand_beside_cname(record.type);
}

/// A record of these types takes the place of the one that is there (section 3.4.2.2, and RFC 6672
/// section 2.4 for DNAME).
bool stands_alone(Type type) {
  return type == Type::SOA || type == Type::CNAME || type == Type::DNAME;
}

void add(const EditRecord& record, Rrsets& there, bool is_apex) {
  if (!may_be_added(record, there, is_apex)) return;
  Rrset& rrset = there[record.type];
  if (stands_alone(record.type)) rrset.records.clear();
  rrset.records.insert_or_assign(edit::canonical_rdata(record.type, record.rdata), record);
  if (!edit::has_own_ttls(record.type)) rrset.ttl = record.ttl;  // RFC 2181 section 5.2
}

/// Section 3.4.2.3 and 3.4.2.4: the apex keeps its SOA, and one NS at least.
void remove(const UpdateStep& step, Rrsets& there, bool is_apex) {
  const EditRecord& record = step.record;
  const bool is_kept = is_apex && (record.type == Type::SOA || record.type == Type::NS);
  switch (step.kind) {
    case UpdateKind::delete_name:
      std::erase_if(there, [&](const auto& other) {
        return !is_apex || (other.first != Type::SOA && other.first != Type::NS);
      });
      break;
    case UpdateKind::delete_rrset:
      if (!is_kept) there.erase(record.type);
      break;
    case UpdateKind::delete_record: {
      const auto rrset = there.find(record.type);
      if (record.type == Type::SOA || rrset == there.end()) break;
      auto& records = rrset->second.records;
      if (is_kept && records.size() < 2) break;
      records.erase(edit::canonical_rdata(record.type, record.rdata));
      if (records.empty()) there.erase(rrset);
      break;
    }
    case UpdateKind::add:
      break;
  }
}

}  // namespace

Result<UpdateRequest, Rcode> read_update(Bytes message) {
  // Section 3.1.1: one zone, by its SOA.
  if (load_u16(message.data() + dns::header::kQdcount) != 1) return std::unexpected(Rcode::formerr);
  const auto zone = dns::decode_question(message);
  if (!zone || zone->type != Type::SOA || zone->qclass != Class::IN) {
    return std::unexpected(Rcode::formerr);
  }
  UpdateRequest request{.zone = zone->name, .prerequisites = {}, .steps = {}};
  dns::RecordReader records(message, zone->end);
  for (dns::WireRecord record; records.next(record);) {
    if (record.section == dns::Section::additional) continue;
    const auto owner = dns::decode_name(message, record.at);
    if (!owner) return std::unexpected(Rcode::formerr);
    if (!owner->name.is_at_or_below(request.zone)) return std::unexpected(Rcode::notzone);
    if (record.section == dns::Section::answer) {
      auto read = read_prerequisite(message, record, owner->name);
      if (!read) return std::unexpected(read.error());
      request.prerequisites.push_back(std::move(*read));
    } else {
      auto read = read_step(message, record, owner->name);
      if (!read) return std::unexpected(read.error());
      request.steps.push_back(std::move(*read));
    }
  }
  if (!records.ok() || records.left() > 0) return std::unexpected(Rcode::formerr);
  return request;
}

std::optional<Rcode> broken_prerequisite(const UpdateRequest& request, const zone::Zone& zone) {
  using Named = std::set<edit::CanonicalRdata>;  // of one RRset (section 3.2.3)
  std::map<dns::Name, std::map<Type, Named>, dns::CanonicalLess> sets;
  Content content(zone);
  for (const Prerequisite& wanted : request.prerequisites) {
    if (const auto code = broken(wanted, content.at(wanted.owner))) return code;
    if (wanted.kind != PrerequisiteKind::rrset_is) continue;
    sets[wanted.owner][wanted.type].insert(edit::canonical_rdata(wanted.type, wanted.rdata));
  }
  for (const auto& [owner, types] : sets) {
    const Rrsets& there = content.at(owner);
    for (const auto& [type, named] : types) {
      const auto rrset = there.find(type);
      if (rrset == there.end() ||
          !std::ranges::equal(rrset->second.records | std::views::keys, named)) {
        return Rcode::nxrrset;
      }
    }
  }
  return std::nullopt;
}

edit::ZoneEdit solve_update(const UpdateRequest& request, const zone::Zone& zone) {
  Content content(zone);
  for (const UpdateStep& step : request.steps) {
    Rrsets& there = content.at(step.record.owner);
    const bool is_apex = content.is_apex(step.record.owner);
    if (step.kind == UpdateKind::add) {
      add(step.record, there, is_apex);
    } else {
      remove(step, there, is_apex);
    }
  }
  return content.difference();
}

}  // namespace rollcall::transfer
