#include "transfer/zone_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "edit/edited_node.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::transfer {
namespace {

using edit::EditRecord;
using Nodes = std::map<dns::Name, std::vector<EditRecord>, dns::CanonicalLess>;

/// Where `record` is, whatever its TTL.
auto find_in(std::vector<EditRecord>& records, const EditRecord& record) {
  return std::ranges::find_if(records, [&](const EditRecord& other) {
    return other.type == record.type && edit::same_rdata(record.type, other.rdata, record.rdata);
  });
}

std::string named(const EditRecord& record) {
  return fmt::format("{} {}", record.owner.to_display(), dns::type_name(record.type));
}

Result<void> apply_step(const zone::Zone& zone, const ChangeStep& step, Nodes& nodes) {
  const auto at = [&](const dns::Name& owner) -> std::vector<EditRecord>& {
    const dns::Name name = owner.lowered();
    const auto [found, fresh] = nodes.try_emplace(name);
    if (fresh) found->second = edit::records_at(zone, name);
    return found->second;
  };
  for (const EditRecord& record : step.edit.remove) {
    std::vector<EditRecord>& records = at(record.owner);
    const auto found = find_in(records, record);
    if (found == records.end()) {
      return fail(fmt::format("the changes remove {}, which is not there", named(record)));
    }
    records.erase(found);
  }
  for (const EditRecord& record : step.edit.add) {
    std::vector<EditRecord>& records = at(record.owner);
    if (find_in(records, record) != records.end()) {
      return fail(fmt::format("the changes add {}, which is there", named(record)));
    }
    records.push_back(record);
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
      append_node(text, found.mapped());
    } else {
      append_node(text, edit::records_at(zone, name));
    }
  }
  for (const auto& [name, records] : changed) append_node(text, records);
  return text;
}

}  // namespace

std::string zone_text(const zone::Zone& zone) {
  return text_with(zone, {});
}

Result<std::string> changed_text(const zone::Zone& zone, std::span<const ChangeStep> changes) {
  Nodes nodes;
  for (const ChangeStep& step : changes) {
    if (auto applied = apply_step(zone, step, nodes); !applied) {
      return std::unexpected(applied.error());
    }
  }
  return text_with(zone, std::move(nodes));
}

}  // namespace rollcall::transfer
