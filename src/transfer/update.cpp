#include "transfer/update.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "zone/semantic_check.hpp"

namespace rollcall::transfer {
namespace {

using dns::Class;
using dns::Rcode;
using dns::Type;
using edit::EditRecord;

/// What an update leads to, while its steps are taken one after the other (section 3.4.2).
class Content {
 public:
  explicit Content(const zone::Zone& zone) : zone_(zone), origin_(zone.origin().name().lowered()) {}

  std::vector<EditRecord>& at(const dns::Name& owner) {
    const dns::Name name = owner.lowered();
    const auto [found, fresh] = now_.try_emplace(name);
    if (fresh) {
      found->second = edit::records_at(zone_, name);
      before_[name] = found->second;
    }
    return found->second;
  }
  bool is_apex(const dns::Name& owner) const { return owner.size() == origin_.size(); }

  /// The records that went and those that came.
  edit::ZoneEdit difference() const {
    edit::ZoneEdit made;
    const auto less = [](const auto& from, const auto& than, std::vector<EditRecord>& into) {
      for (const EditRecord& record : from) {
        const bool there = std::ranges::any_of(than, [&](const EditRecord& other) {
          return other.type == record.type && other.ttl == record.ttl &&
                 edit::same_rdata(record.type, other.rdata, record.rdata);
        });
        if (!there) into.push_back(record);
      }
    };
    for (const auto& [name, records] : now_) {
      less(before_.at(name), records, made.remove);
      less(records, before_.at(name), made.add);
    }
    return made;
  }

 private:
  const zone::Zone& zone_;
  dns::Name origin_;
  std::map<dns::Name, std::vector<EditRecord>, dns::CanonicalLess> now_, before_;
};

bool has_type(const std::vector<EditRecord>& records, Type type) {
  return std::ranges::any_of(records,
                             [&](const EditRecord& record) { return record.type == type; });
}

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

/// @param named all prerequisites of one RRset's records (section 3.2.3)
bool rrset_is(const std::vector<EditRecord>& records, Type type,
              const std::vector<const Prerequisite*>& named) {
  std::size_t count = 0;
  for (const EditRecord& record : records) {
    if (record.type != type) continue;
    ++count;
    const bool is_named = std::ranges::any_of(named, [&](const Prerequisite* one) {
      return edit::same_rdata(type, one->rdata, record.rdata);
    });
    if (!is_named) return false;
  }
  return count == named.size();
}

std::optional<Rcode> broken(const Prerequisite& wanted, const std::vector<EditRecord>& records) {
  switch (wanted.kind) {
    case PrerequisiteKind::name_in_use:
      return records.empty() ? std::optional(Rcode::nxdomain) : std::nullopt;
    case PrerequisiteKind::name_not_in_use:
      return records.empty() ? std::nullopt : std::optional(Rcode::yxdomain);
    case PrerequisiteKind::rrset_exists:
      return has_type(records, wanted.type) ? std::nullopt : std::optional(Rcode::nxrrset);
    case PrerequisiteKind::rrset_does_not_exist:
      return has_type(records, wanted.type) ? std::optional(Rcode::yxrrset) : std::nullopt;
    case PrerequisiteKind::rrset_is:
      break;
  }
  return std::nullopt;
}

std::optional<Rcode> check_prerequisites(const UpdateRequest& request, Content& content) {
  std::map<dns::Name, std::map<Type, std::vector<const Prerequisite*>>, dns::CanonicalLess> sets;
  for (const Prerequisite& wanted : request.prerequisites) {
    if (const auto code = broken(wanted, content.at(wanted.owner))) return code;
    if (wanted.kind != PrerequisiteKind::rrset_is) continue;
    auto& named = sets[wanted.owner][wanted.type];
    const bool twice = std::ranges::any_of(named, [&](const Prerequisite* other) {
      return edit::same_rdata(wanted.type, other->rdata, wanted.rdata);
    });
    if (!twice) named.push_back(&wanted);
  }
  for (const auto& [owner, types] : sets) {
    for (const auto& [type, named] : types) {
      if (!rrset_is(content.at(owner), type, named)) return Rcode::nxrrset;
    }
  }
  return std::nullopt;
}

// --- steps
// ------------------------------------------------------------------------------------------

std::uint32_t serial_in(Bytes soa) {
  return load_u32(soa.data() + soa.size() - 20);
}

/// Section 3.4.2.2: what may not be added is passed over in silence.
bool may_be_added(const EditRecord& record, const std::vector<EditRecord>& there, bool is_apex) {
  if (record.type == Type::SOA) {
    const auto soa = std::ranges::find(there, Type::SOA, &EditRecord::type);
    return is_apex && soa != there.end() &&
           dns::serial_greater(serial_in(record.rdata), serial_in(soa->rdata));
  }
  const bool alias_there = has_type(there, Type::CNAME);
  if (record.type == Type::CNAME) {
    return std::ranges::all_of(
        there, [](const EditRecord& other) { return zone::may_stand_beside_cname(other.type); });
  }
  return !alias_there || zone::may_stand_beside_cname(record.type);
}

/// A record of these types takes the place of the one that is there (section 3.4.2.2, and RFC 6672
/// section 2.4 for DNAME).
bool stands_alone(Type type) {
  return type == Type::SOA || type == Type::CNAME || type == Type::DNAME;
}

void add(const EditRecord& record, std::vector<EditRecord>& there, bool is_apex) {
  if (!may_be_added(record, there, is_apex)) return;
  std::erase_if(there, [&](const EditRecord& other) {
    return other.type == record.type &&
           (stands_alone(record.type) || edit::same_rdata(record.type, other.rdata, record.rdata));
  });
  for (EditRecord& other : there) {
    if (other.type == record.type && !edit::has_own_ttls(record.type))
      other.ttl = record.ttl;  // RFC 2181 section 5.2
  }
  there.push_back(record);
}

/// Section 3.4.2.3 and 3.4.2.4: the apex keeps its SOA, and one NS at least.
void remove(const UpdateStep& step, std::vector<EditRecord>& there, bool is_apex) {
  const EditRecord& record = step.record;
  const bool is_kept = is_apex && (record.type == Type::SOA || record.type == Type::NS);
  switch (step.kind) {
    case UpdateKind::delete_name:
      std::erase_if(there, [&](const EditRecord& other) {
        return !is_apex || (other.type != Type::SOA && other.type != Type::NS);
      });
      break;
    case UpdateKind::delete_rrset:
      if (is_kept) break;
      std::erase_if(there, [&](const EditRecord& other) { return other.type == record.type; });
      break;
    case UpdateKind::delete_record: {
      if (record.type == Type::SOA) break;
      const auto servers = std::ranges::count(there, Type::NS, &EditRecord::type);
      if (is_kept && servers < 2) break;
      std::erase_if(there, [&](const EditRecord& other) {
        return other.type == record.type &&
               edit::same_rdata(record.type, other.rdata, record.rdata);
      });
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

Result<edit::ZoneEdit, Rcode> solve_update(const UpdateRequest& request, const zone::Zone& zone) {
  Content content(zone);
  if (const auto code = check_prerequisites(request, content)) return std::unexpected(*code);
  for (const UpdateStep& step : request.steps) {
    std::vector<EditRecord>& there = content.at(step.record.owner);
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
