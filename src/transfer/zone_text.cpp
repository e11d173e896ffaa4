#include "transfer/zone_text.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "dns/rdata_walk.hpp"
#include "edit/edited_node.hpp"
#include "zone/node_layout.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::transfer {
namespace {

using edit::EditRecord;

std::string named(const EditRecord& record) {
  return fmt::format("{} {}", record.owner.to_display(), dns::type_name(record.type));
}

/// The records of a name while changes are made to them, in their order. Each is found by its
/// content: a primary may send a hundred thousand changes of one name.
class ChangedNode {
 public:
  explicit ChangedNode(std::vector<EditRecord> records) {
    for (EditRecord& record : records) put(std::move(record));
  }

  Result<void> remove(const EditRecord& record) {
    const auto found = places_.find(key(record));
    if (found == places_.end()) {
      return fail(fmt::format("the changes remove {}, which is not there", named(record)));
    }
    std::optional<EditRecord>& there = records_[found->second];
    octets_[record.type] -= size_of(*there);
    there.reset();
    places_.erase(found);
    return {};
  }

  /// The zone's builder would refuse a larger RRset too, but only after all changes are made.
  Result<void> add(const EditRecord& record) {
    if (!put(record)) {
      return fail(fmt::format("the changes add {}, which is there", named(record)));
    }
    if (octets_[record.type] <= zone::kMaxRrsetSize) return {};
    return fail(
        fmt::format("the changes make {} larger than a message can hold (at most {} octets)",
                    named(record), zone::kMaxRrsetSize));
  }

  std::vector<EditRecord> records() && {
    std::vector<EditRecord> left;
    for (std::optional<EditRecord>& record : records_) {
      if (record) left.push_back(std::move(*record));
    }
    return left;
  }

 private:
  /// What makes a record the same, whatever its TTL: its type and its canonical RDATA.
  using Key = std::pair<dns::Type, std::vector<std::uint8_t>>;

  static Key key(const EditRecord& record) {
    Key made{record.type, record.rdata};
    if (dns::has_names(record.type)) dns::lower_names(record.type, made.second);
    return made;
  }
  static std::size_t size_of(const EditRecord& record) {
    return zone::kRecordHeaderSize + record.rdata.size();
  }
  /// @return false where the record is there
  bool put(EditRecord record) {
    if (!places_.try_emplace(key(record), records_.size()).second) return false;
    octets_[record.type] += size_of(record);
    records_.emplace_back(std::move(record));
    return true;
  }

  std::vector<std::optional<EditRecord>> records_;  // nothing: it was removed
  std::map<Key, std::size_t> places_;               // in records_
  std::map<dns::Type, std::size_t> octets_;         // of each RRset
};

using Nodes = std::map<dns::Name, ChangedNode, dns::CanonicalLess>;

Result<void> apply_step(const zone::Zone& zone, const ChangeStep& step, Nodes& nodes) {
  const auto at = [&](const dns::Name& owner) -> ChangedNode& {
    const dns::Name name = owner.lowered();
    const auto found = nodes.find(name);
    if (found != nodes.end()) return found->second;
    return nodes.emplace(name, ChangedNode(edit::records_at(zone, name))).first->second;
  };
  for (const EditRecord& record : step.edit.remove) {
    if (auto removed = at(record.owner).remove(record); !removed) return removed;
  }
  for (const EditRecord& record : step.edit.add) {
    if (auto added = at(record.owner).add(record); !added) return added;
  }
  return {};
}

/// The SOA first, as in zone files.
void append_node(std::string& text, const std::vector<EditRecord>& records) {
  bool same_owner = false;
  const auto append = [&](bool soa) {
    for (const EditRecord& record : records) {
      if ((record.type == dns::Type::SOA) != soa) continue;
      append_line(text, record, same_owner);
      same_owner = true;
    }
  };
  append(true);
  append(false);
}

std::string text_with(const zone::Zone& zone, Nodes changed) {
  std::string text;
  zone::ZoneWalk walk(zone);
  while (const zone::NodeHeader* node = walk.next()) {
    const dns::Name name = *dns::Name::from_wire(node->name());
    if (auto found = changed.extract(name)) {
      append_node(text, std::move(found.mapped()).records());
    } else {
      append_node(text, edit::records_at(zone, name));
    }
  }
  for (auto& [name, node] : changed) append_node(text, std::move(node).records());
  return text;
}

}  // namespace

std::string zone_text(const zone::Zone& zone) {
  return text_with(zone, {});
}

Result<std::string> changed_text(const zone::Zone& zone, std::span<const ChangeStep> changes,
                                 std::uint64_t limit) {
  Nodes nodes;
  for (const ChangeStep& step : changes) {
    if (auto applied = apply_step(zone, step, nodes); !applied) {
      return std::unexpected(applied.error());
    }
  }
  std::string text = text_with(zone, std::move(nodes));
  if (text.size() <= limit) return text;
  return fail(fmt::format("the changes make the zone larger than {} octets of text", limit));
}

}  // namespace rollcall::transfer
