/// The way of an edit that touches pools: the zone is built anew from its records.
#include <algorithm>
#include <map>

#include "content/update_decision.hpp"
#include "edit/edited_node.hpp"
#include "zone/builder.hpp"
#include "zone/draft.hpp"
#include "zone/semantic_check.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::content {
namespace {

/// The records of an edit, by their owners.
struct OwnersEdits {
  explicit OwnersEdits(const edit::ZoneEdit& edit) {
    for (const edit::EditRecord& record : edit.remove) {
      by_owner[record.owner.lowered()].remove.push_back(&record);
    }
    for (const edit::EditRecord& record : edit.add) {
      by_owner[record.owner.lowered()].add.push_back(&record);
    }
  }
  struct Records {
    std::vector<const edit::EditRecord*> remove, add;
  };
  std::map<dns::Name, Records, dns::CanonicalLess> by_owner;
};

bool is_same_record(const edit::EditRecord& one, const edit::EditRecord& other) {
  return one.type == other.type && edit::same_rdata(one.type, one.rdata, other.rdata);
}

/// Where an RRset gets a record, all its records get that one's TTL (RFC 2181 section 5.2).
void change_records(std::vector<edit::EditRecord>& records, const OwnersEdits::Records& edit) {
  std::erase_if(records, [&](const edit::EditRecord& record) {
    return std::ranges::any_of(
        edit.remove, [&](const edit::EditRecord* gone) { return is_same_record(*gone, record); });
  });
  for (const edit::EditRecord* come : edit.add) {
    for (edit::EditRecord& record : records) {
      if (record.type == come->type && !edit::has_own_ttls(come->type)) record.ttl = come->ttl;
    }
    const bool there = std::ranges::any_of(
        records, [&](const edit::EditRecord& record) { return is_same_record(*come, record); });
    if (!there) records.push_back(*come);
  }
}

}  // namespace

Result<ZonePtr> rebuilt(const zone::Zone& zone, const edit::ZoneEdit& edit,
                        const zone::ZoneSpec& spec) {
  zone::Sources sources;
  sources.add(spec.file, {});
  zone::Findings findings(sources);
  zone::Draft draft(zone.origin().name());
  const auto add = [&](const std::vector<edit::EditRecord>& records) {
    for (const edit::EditRecord& record : records) {
      draft.add({.owner = record.owner,
                 .type = record.type,
                 .ttl = record.ttl,
                 .rdata = record.rdata,
                 .mark = {}},
                findings);
    }
  };
  OwnersEdits edits(edit);
  zone::ZoneWalk walk(zone);
  while (const zone::NodeHeader* node = walk.next()) {
    const dns::Name name = *dns::Name::from_wire(node->name());
    std::vector<edit::EditRecord> records = edit::records_at(zone, name);
    if (const auto changed = edits.by_owner.extract(name)) {
      change_records(records, changed.mapped());
    }
    add(records);
  }
  for (const auto& [name, changed] : edits.by_owner) {
    std::vector<edit::EditRecord> records;
    change_records(records, changed);
    add(records);
  }
  draft.finish(findings);
  if (!findings.has_errors()) zone::check_zone(draft, spec.file, findings);
  ZonePtr built;
  if (!findings.has_errors()) {
    zone::ZoneBuilder builder(draft, spec, {}, findings);
    if (!findings.has_errors()) built = builder.build();
  }
  if (built) return built;
  for (const Diagnostic& diagnostic : findings.take()) {
    if (diagnostic.severity == Severity::error) return fail(diagnostic.message);
  }
  return fail("the zone cannot be built");
}

}  // namespace rollcall::content
