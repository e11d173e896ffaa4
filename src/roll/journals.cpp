#include "roll/journals.hpp"

#include <algorithm>
#include <set>

#include "edit/difference.hpp"
#include "edit/edited_node.hpp"

namespace rollcall::roll {
namespace {

/// The records of a watched RRset in the order of its mask's bits.
std::vector<edit::EditRecord> records_of(const zone::Zone& zone, const zone::WatchedRrset& rrset) {
  std::vector<edit::EditRecord> records = edit::records_at(zone, rrset.owner.lowered());
  std::erase_if(records, [&](const edit::EditRecord& record) { return record.type != rrset.type; });
  return records;
}

using Owners = std::set<dns::Name, dns::CanonicalLess>;

/// The name and those above it, up to the apex: a name below keeps one above from being empty.
void add_names(const dns::Name& owner, const zone::Zone& zone, Owners& names) {
  dns::Name name = owner.lowered();
  while (name.label_count() > zone.origin().label_count() && names.insert(name).second) {
    name = name.parent();
  }
}

/// The placeholders that go and come at the names.
void add_placeholders(const edit::LiveZone& before, const edit::LiveZone& after,
                      const Owners& owners, edit::ZoneEdit& edit) {
  for (const dns::Name& owner : owners) {
    auto was = edit::placeholder_at(before, owner);
    auto is = edit::placeholder_at(after, owner);
    if (was.has_value() == is.has_value()) continue;
    if (was) edit.remove.push_back(std::move(*was));
    if (is) edit.add.push_back(std::move(*is));
  }
}

/// @param masks before the change
std::vector<std::uint64_t> masks_after(const StoreLive& live, std::vector<std::uint64_t> masks) {
  for (const LiveChange& change : live.changes) masks[change.watch.value] = change.mask_after;
  return masks;
}

/// What flips change, without placeholders.
/// @param emptied gets the names where a watched RRset has lost its last record or got its first
edit::ZoneEdit flips_of(const StoreLive& live, Owners& emptied) {
  edit::ZoneEdit edit;
  for (const LiveChange& change : live.changes) {
    if (change.mask_before == change.mask_after) continue;
    const zone::WatchedRrset& rrset = live.zone->watched()[change.watch.value];
    if (change.mask_before == 0 || change.mask_after == 0) emptied.insert(rrset.owner.lowered());
    std::uint64_t bit = 1;
    for (edit::EditRecord& record : records_of(*live.zone, rrset)) {
      const bool was = (change.mask_before & bit) != 0;
      const bool is = (change.mask_after & bit) != 0;
      if (was != is) (was ? edit.remove : edit.add).push_back(std::move(record));
      bit <<= 1;
    }
  }
  return edit;
}

/// @param masks before the change
edit::ZoneEdit edit_of(const StoreLive& live, const std::vector<std::uint64_t>& masks) {
  Owners emptied;
  edit::ZoneEdit edit = flips_of(live, emptied);
  const std::vector<std::uint64_t> after = masks_after(live, masks);
  add_placeholders({*live.zone, masks}, {*live.zone, after}, emptied, edit);
  return edit;
}

/// The masks of a version whose table has not taken them yet.
std::vector<std::uint64_t> masks_of(const StoreLive& live) {
  std::vector<std::uint64_t> masks;
  for (const zone::WatchedRrset& rrset : live.zone->watched()) {
    masks.push_back(zone::WatchTable::all_of(rrset.records.size()));
  }
  for (const LiveChange& change : live.changes) masks[change.watch.value] = change.mask_after;
  return masks;
}

bool same_but_serial(const zone::SoaFields& a, const zone::SoaFields& b) {
  return std::ranges::equal(a.mname.wire(), b.mname.wire()) &&
         std::ranges::equal(a.rname.wire(), b.rname.wire()) && a.ttl == b.ttl &&
         a.refresh == b.refresh && a.retry == b.retry && a.expire == b.expire &&
         a.minimum == b.minimum;
}

/// @return nothing where more than the serial of the SOA changes
std::optional<edit::ZoneEdit> without_soa(edit::ZoneEdit edit) {
  const auto take_soa = [](std::vector<edit::EditRecord>& from) {
    std::optional<edit::EditRecord> soa;
    std::erase_if(from, [&](const edit::EditRecord& record) {
      if (record.type == dns::Type::SOA) soa = record;
      return record.type == dns::Type::SOA;
    });
    constexpr std::size_t kSerialFromEnd = 20, kSerialSize = 4;
    if (soa) std::fill_n(soa->rdata.end() - kSerialFromEnd, kSerialSize, std::uint8_t{0});
    return soa;
  };
  const auto went = take_soa(edit.remove);
  const auto came = take_soa(edit.add);
  if (went != came) return std::nullopt;
  return edit;
}

}  // namespace

void Journals::change_version(Kept& kept, const StoreLive& live, bool with_full) {
  const ZonePtr before = kept.of.lock();
  const auto published = before ? before->watch_table().snapshot() : std::nullopt;
  const bool comparable = published && before->records() + live.zone->records() <= kMaxCompared &&
                          same_but_serial(before->soa(), live.zone->soa());
  if (comparable && published->serial == kept.journal.newest() &&
      published->serial != live.serial) {
    kept.journal.append(
        live.serial, edit::difference({*before, published->masks}, {*live.zone, masks_of(live)}));
  } else {
    kept.journal = edit::Journal(live.serial);
  }
  const std::uint32_t full = live.full_serial.value_or(live.serial);
  if (full == kept.full.newest() && published) {
    // The same content again.
  } else if (comparable && with_full && published->full_serial == kept.full.newest()) {
    const std::vector<std::uint64_t> was(before->watched().size(), ~std::uint64_t{0});
    const std::vector<std::uint64_t> is(live.zone->watched().size(), ~std::uint64_t{0});
    kept.full.append(full, edit::difference({*before, was}, {*live.zone, is}));
  } else {
    kept.full = edit::Journal(full);
  }
  kept.of = live.zone;
}

/// An IXFR shows the SOA of the newest version alone: another one makes the journal begin anew.
void Journals::edit_version(Kept& kept, const StoreLive& live, bool with_full) {
  const ZonePtr& before = live.before;
  kept.of = live.zone;
  if (live.serial == kept.journal.newest()) return;            // the same content
  const auto published = live.zone->watch_table().snapshot();  // the versions share it
  const bool known = before && published && published->serial == kept.journal.newest();
  edit::JournalChain chain;
  const auto add = [&](edit::ZoneEdit edit) {
    chain.push_back(std::make_shared<const edit::JournalEntry>(
        edit::JournalEntry{kept.journal.newest(), live.serial, std::move(edit)}));
  };
  Owners owners;
  for (const edit::ZoneEdit& edit : *live.edits) {
    auto without = without_soa(edit);
    if (!without || !known) {
      kept.journal = edit::Journal(live.serial);
      kept.full = edit::Journal(live.full_serial.value_or(live.serial));
      return;
    }
    if (!live.zone->watched().empty()) {
      for (const auto* records : {&edit.remove, &edit.add}) {
        for (const edit::EditRecord& record : *records) add_names(record.owner, *live.zone, owners);
      }
    }
    add(std::move(*without));
  }
  const auto changes_of = [](const edit::JournalChain& made) {
    return made.size() == 1 ? made.front()->changes : edit::condensed(made).changes;
  };
  const std::uint32_t full = live.full_serial.value_or(live.serial);
  if (with_full && published->full_serial == kept.full.newest()) {
    kept.full.append(full, changes_of(chain));
  } else {
    kept.full = edit::Journal(full);
  }
  edit::ZoneEdit flips = flips_of(live, owners);
  const std::vector<std::uint64_t> after = masks_after(live, published->masks);
  add_placeholders({*before, published->masks}, {*live.zone, after}, owners, flips);
  if (!flips.empty()) add(std::move(flips));
  kept.journal.append(live.serial, changes_of(chain));
}

void Journals::take(const StoreLive& live) {
  if (!live.published) return;  // these changes come again with the serial that publishes them
  const auto [found, fresh] = journals_.try_emplace(live.zone->origin());
  Kept& kept = found->second;
  octets_ -= kept.memory();
  const bool with_full = full_.contains(found->first);
  if (!fresh && live.edits) {
    edit_version(kept, live, with_full);
  } else if (fresh || kept.of.lock() != live.zone) {
    change_version(kept, live, with_full);
  } else if (live.serial != kept.journal.newest()) {
    // The table takes this change after the journal: it still has what the last serial showed.
    const auto before = live.zone->watch_table().snapshot();
    if (before && before->serial == kept.journal.newest()) {
      kept.journal.append(live.serial, edit_of(live, before->masks));
    } else {
      kept.journal = edit::Journal(live.serial);
    }
  }
  while (octets_ + kept.memory() > kMaxOctets &&
         (kept.journal.drop_oldest() || kept.full.drop_oldest())) {
  }
  octets_ += kept.memory();
}

void Journals::forget(const dns::Name& origin) {
  const auto found = journals_.find(origin);
  if (found == journals_.end()) return;
  octets_ -= found->second.memory();
  journals_.erase(found);
}

std::optional<edit::JournalChain> Journals::between(const dns::Name& origin,
                                                    const edit::Serials& serials,
                                                    zone::View view) const {
  const auto found = journals_.find(origin);
  if (found == journals_.end()) return std::nullopt;
  const edit::Journal& journal =
      view == zone::View::full ? found->second.full : found->second.journal;
  return journal.newest() == serials.to ? journal.since(serials.from) : std::nullopt;
}

}  // namespace rollcall::roll
