/// UpdateDesk: the versions that do not come from updates: files that were loaded, compactions.
#include <spdlog/spdlog.h>

#include <map>

#include "edit/editor.hpp"
#include "update/update_desk.hpp"

namespace rollcall::update {

void UpdateDesk::adopt_now(const zone::ZoneSpecPtr& spec, const ZonePtr& zone,
                           const Adopted& done) {
  const dns::Name origin = spec->origin;
  Held fresh{.head = zone, .spec = spec, .pools = edit::PoolNames(*spec), .build = ++builds_};
  Held& held = zones_.insert_or_assign(spec->origin, std::move(fresh)).first->second;
  const auto deltas = deltas_.find(origin);
  if (deltas == deltas_.end()) return done(zone, false);
  content::DeltaMerge merged = deltas->second.merge(*zone);
  for (const std::string& conflict : merged.conflicts) {
    spdlog::warn("zone {}: {} was changed by updates and in the file: the update stays",
                 origin.to_display(), conflict);
  }
  held.head = lay_over(held, merged);
  if (!merged.changes.empty()) {
    batch_.entries += content::encode_changes(origin, merged.changes);
    deltas->second.put(std::move(merged.changes));
    if (const auto written = write_journal(); !written) {
      spdlog::warn("the journal of updates: {}", written.error().message);
    }
    if (deltas->second.empty()) deltas_.erase(deltas);
  }
  find_next_end();
  done(held.head, held.head != zone);
  compact(origin, held);
}

/// Where all of it together would break a rule of the DNS, each name is tried on its own.
ZonePtr UpdateDesk::lay_over(const Held& held, const content::DeltaMerge& merged) const {
  const auto lay = [&](const ZonePtr& on, const edit::ZoneEdit& edit) -> Result<ZonePtr> {
    auto edited = edit::apply_edit(on, edit, held.pools);
    if (edited) return edited->zone;
    if (edited.error().kind == edit::EditRefusal::rebuild) {
      return content::rebuilt(*on, edit, *held.spec);
    }
    return fail(edited.error().message);
  };
  if (auto all = lay(held.head, merged.edit)) return *all;
  std::map<dns::Name, edit::ZoneEdit, dns::CanonicalLess> by_owner;
  for (const edit::EditRecord& record : merged.edit.remove) {
    by_owner[record.owner].remove.push_back(record);
  }
  for (const edit::EditRecord& record : merged.edit.add) {
    by_owner[record.owner].add.push_back(record);
  }
  ZonePtr zone = held.head;
  for (const auto& [owner, edit] : by_owner) {
    if (auto one = lay(zone, edit)) {
      zone = *one;
    } else {
      spdlog::error("zone {}: what updates have made of {} does not fit the file: {}",
                    held.spec->origin.to_display(), owner.to_display(), one.error().message);
    }
  }
  return zone;
}

/// Makes one base of base and overlay, on another thread.
void UpdateDesk::compact(const dns::Name& origin, Held& held) {
  if (held.compacting || held.head->overlay().size() <= kCompactAbove) return;
  held.compacting = true;
  const ZonePtr made_of = held.head;
  outlets_.compact(made_of, [this, origin, build = held.build, made_of](ZonePtr done) {
    then([this, origin, build, made_of, done = std::move(done)] {
      compacted(origin, build, made_of, done);
    });
  });
}

void UpdateDesk::compacted(const dns::Name& origin, std::uint64_t build, const ZonePtr& made_of,
                           const ZonePtr& compacted) {
  const auto found = zones_.find(origin);
  if (found == zones_.end() || found->second.build != build) return;
  Held& held = found->second;
  held.compacting = false;
  held.head = held.head == made_of ? compacted : held.head->moved_onto({*made_of, *compacted});
  outlets_.publish({Publication{.zone = held.head, .made = {}}}, [] {});
}

}  // namespace rollcall::update
