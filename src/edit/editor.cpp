#include "edit/editor.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "dns/name_hash.hpp"
#include "edit/edited_node.hpp"
#include "zone/node_layout.hpp"
#include "zone/semantic_check.hpp"

namespace rollcall::edit {
namespace {

using dns::Type;

constexpr std::uint8_t kByAncestors =
    zone::kZoneCut | zone::kBelowCut | zone::kBelowDname;  // flags that the names above decide

std::unexpected<EditError> invalid(std::string message) {
  return std::unexpected(EditError{EditRefusal::invalid, std::move(message)});
}

bool is_cut_off(std::uint8_t flags) {
  return (flags & (zone::kZoneCut | zone::kBelowCut)) != 0;
}

/// True where the names below are occluded by a DNAME (RFC 6672 section 2.4).
bool hides_names_below(std::uint8_t flags) {
  return (flags & zone::kBelowDname) != 0 ||
         (flags & (zone::kDname | zone::kBelowCut | zone::kZoneCut)) == zone::kDname;
}

class Editor {
 public:
  Editor(const zone::Zone& zone, const PoolNames& pools) : zone_(zone), pools_(pools) {}

  Result<Edited, EditError> run(const std::shared_ptr<const zone::Zone>& before,
                                const ZoneEdit& edit);

 private:
  EditedNode& node(const dns::Name& name);
  const zone::NodeHeader* find(const dns::Name& name) const {
    return zone_.find(dns::hash_name(name.wire()), name.wire());
  }
  bool is_apex(const dns::Name& name) const { return name.size() == origin_.size(); }
  bool exists(const dns::Name& name) const;
  std::uint8_t flags_of(const dns::Name& name) const;

  void come_and_go();
  void appear(EditedNode& node);
  void vanish(EditedNode& node);
  void link(EditedNode& child, int by);
  bool collect_below();
  bool collect_below(const EditedNode& top);
  void set_flags();
  std::uint8_t flags_by_ancestors(const EditedNode& node) const;

  std::optional<std::string> problem() const;
  std::optional<std::string> problem_at(const EditedNode& node) const;
  bool touches_pools() const;
  bool touches_pools(const EditedNode& node) const;
  bool is_behind_pool(const dns::Name& target) const;

  zone::ZoneChange change() const;

  const zone::Zone& zone_;
  const PoolNames& pools_;
  const dns::Name origin_ = zone_.origin().name().lowered();
  std::map<dns::Name, EditedNode, dns::CanonicalLess> nodes_;  // a name before all below it
  bool moved_under_wildcard_pool_ = false;
};

EditedNode& Editor::node(const dns::Name& name) {
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) return found->second;
  return nodes_.try_emplace(name, name, find(name)).first->second;
}

bool Editor::exists(const dns::Name& name) const {
  const auto found = nodes_.find(name);
  return found != nodes_.end() ? found->second.exists : find(name) != nullptr;
}

std::uint8_t Editor::flags_of(const dns::Name& name) const {
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) return found->second.flags();
  const zone::NodeHeader* const old = find(name);
  return old == nullptr ? std::uint8_t{0} : old->flags;
}

Result<Edited, EditError> Editor::run(const std::shared_ptr<const zone::Zone>& before,
                                      const ZoneEdit& edit) {
  for (const EditRecord& record : edit.remove) node(record.owner.lowered()).remove(record, origin_);
  for (const EditRecord& record : edit.add) node(record.owner.lowered()).add(record, origin_);
  Edited edited{before, {}};
  for (const auto& [name, node] : nodes_) node.diff(edited.made);
  if (edited.made.empty()) return edited;
  come_and_go();
  if (auto wrong = problem()) return invalid(std::move(*wrong));
  if (!collect_below() || touches_pools()) {
    return std::unexpected(EditError{EditRefusal::rebuild, {}});
  }
  set_flags();
  edited.zone = zone_.with(change());
  return edited;
}

// --- names that come and go ---

void Editor::come_and_go() {
  std::vector<dns::Name> touched;  // `nodes_` grows meanwhile
  touched.reserve(nodes_.size());
  for (const auto& [name, node] : nodes_) touched.push_back(name);
  for (const dns::Name& name : touched) {
    EditedNode& node = this->node(name);
    if (node.has_records() && !node.exists) appear(node);
  }
  for (const dns::Name& name : touched) {
    EditedNode& node = this->node(name);
    if (node.exists && !node.has_records() && node.children() == 0) vanish(node);
  }
}

/// An empty non-terminal appears above each name that has none (RFC 4592 section 2.2.2).
void Editor::appear(EditedNode& child) {
  child.exists = true;
  link(child, 1);
  EditedNode& parent = node(child.name().parent());
  if (!parent.exists) appear(parent);
}

void Editor::vanish(EditedNode& child) {
  if (is_apex(child.name())) return;
  child.exists = false;
  link(child, -1);
  EditedNode& parent = node(child.name().parent());
  if (!parent.has_records() && parent.children() == 0) vanish(parent);
}

void Editor::link(EditedNode& child, int by) {
  EditedNode& parent = node(child.name().parent());
  parent.change_children(by);
  if (child.name().is_wildcard()) {
    const std::uint8_t others = parent.flags() & static_cast<std::uint8_t>(~zone::kWildcardChild);
    parent.set_flags(by > 0 ? others | zone::kWildcardChild : others);
  }
  moved_under_wildcard_pool_ |= pools_.has_wildcard_below(parent.name());
}

// --- flags ---

/// Brings in the names below each cut and DNAME that comes or goes. @return false: too many
bool Editor::collect_below() {
  std::vector<const EditedNode*> tops;
  for (const auto& [name, node] : nodes_) {
    const bool cut = !is_apex(name) && node.had(Type::NS) != node.has(Type::NS);
    const bool alias = node.had(Type::DNAME) != node.has(Type::DNAME);
    if (node.content_touched() && (cut || alias) && node.children() > 0) tops.push_back(&node);
  }
  for (const EditedNode* const top : tops) {
    if (!collect_below(*top)) return false;
  }
  return true;
}

bool Editor::collect_below(const EditedNode& top) {
  std::size_t left = kMaxTouchedBelow;
  const auto take = [&](Bytes wire) {
    const dns::Name name = *dns::Name::from_wire(wire);
    if (name.size() == top.name().size() || !name.is_at_or_below(top.name())) return true;
    if (left-- == 0) return false;
    if (find(name) != nullptr) node(name);
    return true;
  };
  // In the base they stand behind it, in the overlay anywhere.
  const zone::NodeHeader* at = zone_.find_in_base(top.hash(), top.name().wire());
  while (at != nullptr && (at = zone_.next_in_base(at)) != nullptr) {
    if (!dns::Name::from_wire(at->name())->is_at_or_below(top.name())) break;
    if (!take(at->name())) return false;
  }
  bool few = true;
  zone_.overlay().for_each([&](std::uint64_t, const zone::OverlayNodePtr& changed) {
    few = few && take(changed->header().name());
  });
  return few;
}

void Editor::set_flags() {
  for (auto& [name, node] : nodes_) {
    if (!node.exists) continue;
    std::uint8_t flags = node.flags() & static_cast<std::uint8_t>(~kByAncestors);
    const auto follow = [&](Type type, std::uint8_t flag) {
      flags = node.has(type) ? flags | flag : flags & static_cast<std::uint8_t>(~flag);
    };
    follow(Type::CNAME, zone::kCname);
    follow(Type::DNAME, zone::kDname);
    node.set_flags(flags | flags_by_ancestors(node));
  }
}

std::uint8_t Editor::flags_by_ancestors(const EditedNode& node) const {
  if (is_apex(node.name())) return 0;
  const std::uint8_t above = flags_of(node.name().parent());
  std::uint8_t flags = 0;
  if (is_cut_off(above)) {
    flags |= zone::kBelowCut;
  } else if (node.has(Type::NS)) {
    flags |= zone::kZoneCut;
  }
  if (hides_names_below(above)) flags |= zone::kBelowDname;
  return flags;
}

// --- rules ---

std::optional<std::string> Editor::problem() const {
  for (const auto& [name, node] : nodes_) {
    if (!node.content_touched()) continue;
    if (auto wrong = problem_at(node)) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> Editor::problem_at(const EditedNode& node) const {
  const std::string name = node.name().to_display();
  const auto count = [&](Type type) {
    const auto found = node.rrsets().find(type);
    return found == node.rrsets().end() ? std::size_t{0} : found->second.records.size();
  };
  if (is_apex(node.name())) {
    if (count(Type::SOA) != 1) return fmt::format("{} must have one SOA record", name);
    if (count(Type::NS) == 0) return fmt::format("{} must have an NS record", name);
  } else if (count(Type::SOA) != 0) {
    return fmt::format("SOA record at {}: expected it at the apex, {}", name, origin_.to_display());
  }
  if (node.name().is_wildcard() && count(Type::NS) != 0) {  // RFC 4592 section 4.2
    return fmt::format("{} is a wildcard and must not have NS records", name);
  }
  for (const Type type : {Type::CNAME, Type::DNAME}) {
    if (count(type) > 1) {
      return fmt::format("{} has {} {} records: expected one", name, count(type),
                         dns::type_name(type));
    }
  }
  for (const auto& [type, rrset] : node.rrsets()) {
    if (count(Type::CNAME) != 0 && !zone::may_stand_beside_cname(type)) {
      return fmt::format("{} has a CNAME and other data ({})", name, dns::type_name(type));
    }
    std::size_t octets = 0;
    for (const auto& [canonical, record] : rrset.records) {
      octets += zone::kRecordHeaderSize + record.rdata.size();
    }
    if (octets > zone::kMaxRrsetSize) {
      return fmt::format("the {} records of {} take {} octets, more than a message can hold",
                         dns::type_name(type), name, octets);
    }
  }
  return std::nullopt;
}

bool Editor::touches_pools() const {
  if (pools_.none()) return false;
  if (moved_under_wildcard_pool_) return true;
  return std::ranges::any_of(nodes_, [this](const auto& entry) {
    return entry.second.content_touched() && touches_pools(entry.second);
  });
}

bool Editor::touches_pools(const EditedNode& node) const {
  const bool is_pool = pools_.has(node.name());
  ZoneEdit made;
  node.diff(made);
  const auto differs = [&](Type type) {
    const auto is_it = [&](const EditRecord& record) { return record.type == type; };
    return std::ranges::any_of(made.add, is_it) || std::ranges::any_of(made.remove, is_it);
  };
  for (const auto& [type, rrset] : node.before()) {
    if (rrset.watch != zone::kNoWatch && differs(type)) return true;
  }
  for (const auto& [type, rrset] : node.rrsets()) {
    const bool watched = type == Type::A || type == Type::AAAA || type == Type::MX;
    if (is_pool && watched && differs(type)) return true;
    if (!zone::may_follow(type) || !differs(type)) continue;
    const bool follows = std::ranges::any_of(rrset.records, [&](const auto& record) {
      return is_behind_pool(
          zone::followed_target(type, record.second.rdata, node.name()).lowered());
    });
    if (follows) return true;
  }
  return false;
}

/// As ZoneBuilder::pool_behind, by the names of the new version; true too where a cut is between.
bool Editor::is_behind_pool(const dns::Name& target) const {
  if (!target.is_at_or_below(origin_)) return false;
  if (pools_.has(target)) return true;
  dns::Name encloser = target;
  while (!exists(encloser)) encloser = encloser.parent();
  return encloser.size() != target.size() && pools_.has_wildcard_below(encloser);
}

// --- the new version ---

zone::ZoneChange Editor::change() const {
  zone::ZoneChange change{.overlay = zone_.overlay()};
  for (const auto& [name, node] : nodes_) {
    if (!node.changed() && node.exists == node.existed()) continue;
    change.names += static_cast<int>(node.exists) - static_cast<int>(node.existed());
    change.records += node.more_records();
    if (!node.exists && zone_.find_in_base(node.hash(), name.wire()) == nullptr) {
      change.overlay.remove(node.hash(), name.wire());
    } else {
      change.overlay.put(node.hash(), node.write(origin_));
    }
  }
  const auto apex = nodes_.find(origin_);
  if (apex != nodes_.end() && apex->second.content_touched()) {
    const EditedRecord& soa = apex->second.rrsets().at(Type::SOA).records.begin()->second;
    change.soa = zone::read_soa(soa.rdata, soa.ttl, zone_.origin());
  }
  return change;
}

}  // namespace

Result<Edited, EditError> apply_edit(const std::shared_ptr<const zone::Zone>& zone,
                                     const ZoneEdit& edit, const PoolNames& pools) {
  return Editor(*zone, pools).run(zone, edit);
}

}  // namespace rollcall::edit
