#include "zone/semantic_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dns/rdata_walk.hpp"
#include "zone/slips.hpp"
#include "zone/zone.hpp"

namespace rollcall::zone {
namespace {

using dns::Type;

/// The result of looking up a target's addresses in the zone itself.
enum class Reach : std::uint8_t { outside, address, no_address, alias, below_dname, glue, no_glue };

class Check {
 public:
  Check(const Draft& draft, const std::string& file, Findings& findings)
      : draft_(draft),
        file_(file),
        findings_(findings),
        is_reverse_(draft.origin().is_at_or_below(*dns::Name::parse("arpa."))) {}

  void run() {
    check_apex();
    draft_.for_each_node([this](const DraftNode& node) { check_node(node); });
  }

 private:
  void check_apex();
  void check_signed();
  void check_class_words(bool apex_has_ns);
  void check_node(const DraftNode& node);
  void check_alias(const DraftNode& node);
  void check_owner(const DraftNode& node);
  void check_alias_target(const DraftRecord& record, const DraftNode& node);
  void check_pointers(const DraftNode& node);
  bool report_address(const DraftNode& node, const DraftRecord& record, const dns::Name& target);
  void check_rules(const DraftNode& node);
  void check_targets(const DraftNode& node, Type type);
  void check_services(const DraftNode& node, Type type);
  void report(const DraftNode& node, const DraftRecord& record, const dns::Name& target,
              std::string_view what);
  Reach reach(const dns::Name& target, std::optional<Type> instead = std::nullopt) const;
  const DraftNode& apex() const { return draft_.apex(); }
  bool is_apex(const DraftNode& node) const { return &node == &apex(); }
  dns::Name name(const DraftNode& node) const { return *dns::Name::from_wire(node.name()); }

  const Draft& draft_;
  const std::string& file_;
  Findings& findings_;
  bool is_reverse_;  // a zone of PTR records
};

const DraftRecord& latest(DraftRecords records) {
  return **std::ranges::max_element(records, {}, &DraftRecord::mark);
}

void Check::check_apex() {
  const std::string zone = draft_.origin().to_display();
  const auto soa = draft_.rrset(apex(), Type::SOA);
  if (soa.empty()) findings_.file_error(file_, fmt::format("zone {} has no SOA record", zone));
  if (soa.size() > 1) {
    findings_.error(latest(soa).mark,
                    fmt::format("zone {} has {} SOA records: expected one", zone, soa.size()));
  }
  check_class_words(!draft_.rrset(apex(), Type::NS).empty());
  check_signed();
}

/// Signatures are ordinary data here: answers lack the proofs that a validating resolver needs
/// (RFC 4035 section 3.1).
void Check::check_signed() {
  const auto signatures = draft_.rrset(apex(), Type::RRSIG);
  if (signatures.empty()) return;
  const DraftRecord& first = **std::ranges::min_element(signatures, {}, &DraftRecord::mark);
  findings_.warning(first.mark,
                    fmt::format("zone {} is signed, but its answers carry no DNSSEC proofs: "
                                "validating resolvers fail while the parent zone has a DS record "
                                "for it",
                                draft_.origin().to_display()));
}

/// An owner called "IN" is an ordinary name, but where the apex has no NS, the blanks before "IN
/// NS" were lost.
void Check::check_class_words(bool apex_has_ns) {
  bool told = false;
  for (const auto& [node, ref] : draft_.class_words()) {
    const DraftRecord& record = draft_.record(ref);
    const dns::Name owner = name(draft_.node(node));
    const auto label = as_text(owner.wire().subspan(1, owner.wire()[0]));
    std::string word(label);
    std::ranges::transform(word, word.begin(),
                           [](char c) { return static_cast<char>(c >= 'a' ? c - 32 : c); });
    const std::string hint = fmt::format(
        "owner \"{0}\" makes this a record of {1}: the line probably lost the blanks before "
        "\"{0}\"",
        word, owner.to_display());
    if (!apex_has_ns && record.type == Type::NS) {
      findings_.error(record.mark, fmt::format("{}; zone {} has no NS record", hint,
                                               draft_.origin().to_display()));
      told = true;
    } else {
      findings_.warning(record.mark, hint);
    }
  }
  if (!apex_has_ns && !told) {
    findings_.file_error(
        file_, fmt::format("zone {} has no NS record at its apex", draft_.origin().to_display()));
  }
}

/// The node's kinds decide: most nodes have only addresses and texts, and nothing to check.
void Check::check_node(const DraftNode& node) {
  check_owner(node);
  if (is_reverse_ && node.has(kHasPointer)) check_pointers(node);
  if ((node.kinds & (kHasSoa | kHasAlias | kHasNs)) != 0) check_rules(node);
  if ((node.kinds & (kHasNs | kHasTarget)) == 0) return;
  if ((node.flags & (kBelowCut | kBelowDname)) != 0) return;
  check_targets(node, Type::NS);
  if ((node.flags & kZoneCut) != 0) return;
  check_targets(node, Type::MX);
  check_targets(node, Type::SRV);
  check_services(node, Type::SVCB);
  check_services(node, Type::HTTPS);
}

/// Owners that are valid names, but almost certainly mistakes.
void Check::check_owner(const DraftNode& node) {
  if (node.first == kNoDraft) return;
  const Bytes label = node.name();
  const bool commented =
      label[0] > 0 &&
      looks_like_comment(as_text(label.subspan(1, std::min<std::size_t>(label[0], 2))));
  if (!commented && !has_origin_twice(node.name(), draft_.origin().wire())) return;
  const dns::Name owner = name(node);
  const SourceMark mark = draft_.record(node.first).mark;
  if (commented) {
    findings_.warning(mark, fmt::format("{} is read as a name: a comment begins with \";\" in a "
                                        "zone file",
                                        owner.to_display()));
  } else if (const auto meant = without_final_dot(owner, draft_.origin())) {
    findings_.warning(mark,
                      fmt::format("the owner is {}: the final dot after \"{}\" may be missing",
                                  owner.to_display(), *meant));
  }
}

/// A target in the reverse zone itself is not the name of a host.
void Check::check_pointers(const DraftNode& node) {
  for (const DraftRecord* record : draft_.rrset(node, Type::PTR)) {
    const dns::Name target = *dns::Name::from_wire(record->rdata());
    if (report_address(node, *record, target) || !target.is_at_or_below(draft_.origin())) continue;
    std::string head = target.to_display();
    head.resize(head.size() - draft_.origin().to_display().size() -
                (target.size() > draft_.origin().size() ? 1 : 0));
    findings_.warning(record->mark,
                      fmt::format("{} PTR {} points into the reverse zone itself: the final dot "
                                  "after \"{}\" may be missing",
                                  name(node).to_display(), target.to_display(), head));
  }
}

/// An alias may lead to nothing; it is reported where a final dot is probably missing.
void Check::check_alias_target(const DraftRecord& record, const DraftNode& node) {
  const dns::Name target = *dns::Name::from_wire(record.rdata());
  if (report_address(node, record, target)) return;
  const auto meant = without_final_dot(target, draft_.origin());
  if (!meant || draft_.find(target.lowered().wire()) != kNoDraft) return;
  findings_.warning(
      record.mark,
      fmt::format("{} {} {} is not in the zone: the final dot after \"{}\" may be missing",
                  name(node).to_display(), dns::type_name(record.type), target.to_display(),
                  *meant));
}

/// @return true where an address is in the place of a name, which was reported
bool Check::report_address(const DraftNode& node, const DraftRecord& record,
                           const dns::Name& target) {
  const auto address = address_in_place_of(target, draft_.origin());
  if (!address) return false;
  std::string message = fmt::format("{} {} {} is an address: expected the name of a host",
                                    name(node).to_display(), dns::type_name(record.type), *address);
  if (record.type == Type::NS && is_apex(node)) {
    findings_.error(record.mark, std::move(message));
  } else {
    findings_.warning(record.mark, std::move(message));
  }
  return true;
}

void Check::check_rules(const DraftNode& node) {
  if (!is_apex(node)) {
    for (const DraftRecord* record : draft_.rrset(node, Type::SOA)) {
      findings_.error(record->mark,
                      fmt::format("SOA record at {}: expected it at the apex, {}",
                                  name(node).to_display(), draft_.origin().to_display()));
    }
  }
  if (node.has(kHasAlias)) check_alias(node);
  if (node.has(kHasNs) && name(node).is_wildcard()) {  // RFC 4592 section 4.2
    findings_.error(
        draft_.rrset(node, Type::NS).front()->mark,
        fmt::format("{} is a wildcard and must not have NS records", name(node).to_display()));
  }
}

/// RFC 2181 section 10.1; RFC 6672 section 2.4.
void Check::check_alias(const DraftNode& node) {
  for (const Type type : {Type::CNAME, Type::DNAME}) {
    const auto records = draft_.rrset(node, type);
    if (records.size() < 2) continue;
    findings_.error(latest(records).mark,
                    fmt::format("{} has {} {} records: expected one", name(node).to_display(),
                                records.size(), dns::type_name(type)));
  }
  for (const Type type : {Type::CNAME, Type::DNAME}) {
    for (const DraftRecord* record : draft_.rrset(node, type)) check_alias_target(*record, node);
  }
  const auto cname = draft_.rrset(node, Type::CNAME);
  if (cname.empty()) return;
  std::vector<const DraftRecord*> records;
  draft_.collect(node, records);
  const auto other = std::ranges::find_if(
      records, [](const DraftRecord* record) { return !may_stand_beside_cname(record->type); });
  if (other == records.end()) return;
  findings_.error(std::max((*other)->mark, latest(cname).mark),
                  fmt::format("{} has a CNAME and other data ({})", name(node).to_display(),
                              dns::type_name((*other)->type)));
}

void Check::check_targets(const DraftNode& node, Type type) {
  for (DraftRef ref = node.first; ref != kNoDraft; ref = draft_.record(ref).next) {
    const DraftRecord& record = draft_.record(ref);
    if (record.type != type) continue;
    const dns::Name target = *dns::Name::from_wire(dns::target_of(type, record.rdata()));
    if (report_address(node, record, target)) continue;
    switch (reach(target)) {
      case Reach::no_address:
        report(node, record, target, "has no A or AAAA record");
        break;
      case Reach::alias:
        report(node, record, target, "is a CNAME");  // RFC 2181 section 10.3
        break;
      case Reach::below_dname:
        report(node, record, target, "is below a DNAME");
        break;
      case Reach::no_glue:
        if (record.type == Type::NS && !is_apex(node)) {
          report(node, record, target, "has no glue: expected an A or AAAA record for it");
        }
        break;
      case Reach::outside:
      case Reach::address:
      case Reach::glue:
        break;
    }
  }
}

/// A service whose host has no address cannot be reached. A CNAME there is allowed: clients follow
/// it (RFC 9460 section 3). An alias (priority 0) may lead to more records of its type instead.
void Check::check_services(const DraftNode& node, Type type) {
  for (const DraftRecord* record : draft_.rrset(node, type)) {
    const bool alias = load_u16(record->rdata().data()) == 0;
    const Bytes written = dns::target_of(type, record->rdata());
    const bool is_dot = written.size() == 1;
    if (is_dot && alias) continue;  // RFC 9460 section 2.5.1: no such service
    const dns::Name target = is_dot ? name(node) : *dns::Name::from_wire(written);
    if (reach(target, alias ? std::optional(type) : std::nullopt) != Reach::no_address) continue;
    report(node, *record, target, "has no A or AAAA record");
  }
}

/// BIND refuses a zone only for the NS at its apex.
void Check::report(const DraftNode& node, const DraftRecord& record, const dns::Name& target,
                   std::string_view what) {
  std::string message = fmt::format("{} {} {} {}", name(node).to_display(),
                                    dns::type_name(record.type), target.to_display(), what);
  if (const auto meant = without_final_dot(target, draft_.origin())) {
    message += fmt::format(": the final dot after \"{}\" may be missing", *meant);
  }
  if (record.type == Type::NS && is_apex(node)) {
    findings_.error(record.mark, std::move(message));
  } else {
    findings_.warning(record.mark, std::move(message));
  }
}

/// @param instead a type that is as good as an address
Reach Check::reach(const dns::Name& target, std::optional<Type> instead) const {
  if (!target.is_at_or_below(draft_.origin())) return Reach::outside;
  dns::Name encloser = target.lowered();
  DraftRef index = draft_.find(encloser.wire());
  while (index == kNoDraft) {
    encloser = encloser.parent();
    index = draft_.find(encloser.wire());
  }
  const bool exact = encloser.size() == target.size();
  const DraftNode* node = &draft_.node(index);
  if ((node->flags & (kZoneCut | kBelowCut)) != 0) {
    return exact && node->has(kHasAddress) ? Reach::glue : Reach::no_glue;
  }
  if ((node->flags & kBelowDname) != 0 || ((node->flags & kDname) != 0 && !exact)) {
    return Reach::below_dname;
  }
  if (!exact) {  // RFC 4592 section 3.3.1
    if ((node->flags & kWildcardChild) == 0) return Reach::no_address;
    node = &draft_.node(draft_.find(encloser.child(as_bytes("*"))->wire()));
  }
  if ((node->flags & kCname) != 0) return Reach::alias;
  const bool good = node->has(kHasAddress) || (instead && !draft_.rrset(*node, *instead).empty());
  return good ? Reach::address : Reach::no_address;
}

}  // namespace

bool may_stand_beside_cname(Type type) noexcept {
  constexpr auto kKey = static_cast<Type>(25);
  return type == Type::CNAME || type == Type::RRSIG || type == Type::NSEC || type == Type::SIG ||
         type == kKey;
}

void check_zone(const Draft& draft, const std::string& file, Findings& findings) {
  Check(draft, file, findings).run();
}

}  // namespace rollcall::zone
