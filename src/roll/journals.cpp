#include "roll/journals.hpp"

#include "edit/edited_node.hpp"

namespace rollcall::roll {
namespace {

/// The records of a watched RRset in the order of its mask's bits.
std::vector<edit::EditRecord> records_of(const zone::Zone& zone, const zone::WatchedRrset& rrset) {
  std::vector<edit::EditRecord> records = edit::records_at(zone, rrset.owner.lowered());
  std::erase_if(records, [&](const edit::EditRecord& record) { return record.type != rrset.type; });
  return records;
}

edit::ZoneEdit edit_of(const StoreLive& live) {
  edit::ZoneEdit edit;
  for (const LiveChange& change : live.changes) {
    if (change.mask_before == change.mask_after) continue;
    const zone::WatchedRrset& rrset = live.zone->watched()[change.watch.value];
    std::uint64_t bit = 1;
    for (edit::EditRecord& record : records_of(*live.zone, rrset)) {
      const bool was = (change.mask_before & bit) != 0;
      const bool is = (change.mask_after & bit) != 0;
      if (was && !is) edit.remove.push_back(std::move(record));
      if (!was && is) edit.add.push_back(std::move(record));
      bit <<= 1;
    }
  }
  return edit;
}

}  // namespace

void Journals::take(const StoreLive& live) {
  if (!live.published) return;  // these changes come again with the serial that publishes them
  const auto [found, fresh] = journals_.try_emplace(live.zone->origin());
  Kept& kept = found->second;
  octets_ -= kept.journal.memory();
  if (fresh || kept.of.lock() != live.zone) {
    kept = {live.zone, edit::Journal(live.serial)};
  } else if (live.serial != kept.journal.newest()) {
    kept.journal.append(live.serial, edit_of(live));
  }
  while (octets_ + kept.journal.memory() > kMaxOctets && kept.journal.drop_oldest()) {
  }
  octets_ += kept.journal.memory();
}

void Journals::forget(const dns::Name& origin) {
  const auto found = journals_.find(origin);
  if (found == journals_.end()) return;
  octets_ -= found->second.journal.memory();
  journals_.erase(found);
}

std::optional<edit::JournalChain> Journals::between(const dns::Name& origin, std::uint32_t from,
                                                    std::uint32_t to) const {
  const auto found = journals_.find(origin);
  if (found == journals_.end() || found->second.journal.newest() != to) return std::nullopt;
  return found->second.journal.since(from);
}

}  // namespace rollcall::roll
