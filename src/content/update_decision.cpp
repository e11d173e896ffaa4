#include "content/update_decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dns/record_type.hpp"
#include "edit/edited_node.hpp"
#include "edit/editor.hpp"
#include "zone/addresses.hpp"

namespace rollcall::content {
namespace {

using dns::Rcode;
using dns::Type;
using transfer::UpdateKind;
using transfer::UpdateStep;

std::string place_of(const zone::UpdateGrant& grant) {
  if (grant.where.file.empty()) return "allow_update";
  return fmt::format("allow_update, {}:{}:{}", grant.where.file, grant.where.line,
                     grant.where.column);
}

/// Asks the entries of allow_update one after the other.
class Permission {
 public:
  Permission(const zone::UpdateClient& client, const zone::UpdatePolicy& policy,
             const zone::Zone& zone, const edit::PoolNames& pools)
      : client_(client), policy_(policy), zone_(zone), pools_(pools) {}

  /// @param ttl of a record that comes; nothing: it goes
  /// @return the entry that allows it; null where none does, and reason() says why
  const zone::UpdateGrant* find(const dns::Name& owner, Type type,
                                std::optional<std::uint32_t> ttl) {
    std::string said;
    for (const zone::UpdateGrant& grant : policy_.grants) {
      if (!zone::UpdatePolicy::concerns(grant, client_) || !grant.covers(owner, origin_)) continue;
      const std::string objection = objection_of(grant, owner, type, ttl);
      if (objection.empty()) return &grant;
      if (said.empty()) said = objection + " (" + place_of(grant) + ")";
    }
    reason_ = said.empty()
                  ? "no entry of allow_update for " + sender() + " covers " + owner.to_display()
                  : said;
    return nullptr;
  }
  bool covers_name(const dns::Name& owner) {
    for (const zone::UpdateGrant& grant : policy_.grants) {
      if (zone::UpdatePolicy::concerns(grant, client_) && grant.covers(owner, origin_)) return true;
    }
    reason_ = "no entry of allow_update for " + sender() + " covers " + owner.to_display();
    return false;
  }
  const std::string& reason() const noexcept { return reason_; }

 private:
  std::string sender() const {
    return client_.key ? "the key " + client_.key->to_display() : client_.address.to_string();
  }
  std::string objection_of(const zone::UpdateGrant& grant, const dns::Name& owner, Type type,
                           std::optional<std::uint32_t> ttl) const {
    const bool at_apex = owner.size() == origin_.size();
    const bool guarded = zone::is_guarded(type, at_apex);
    if (!grant.covers(type, guarded) || (guarded && !grant.names_exactly(owner, origin_))) {
      return fmt::format("{} may not change {} at {}", sender(), dns::type_name(type),
                         owner.to_display());
    }
    if (ttl && grant.max_ttl && *ttl > *grant.max_ttl) {
      return fmt::format("the TTL {} of {} is over max_ttl {}", *ttl, owner.to_display(),
                         *grant.max_ttl);
    }
    if (!grant.pools && is_pool(owner, type)) {
      return fmt::format("{} is a pool: this needs pools: true", owner.to_display());
    }
    return {};
  }
  /// A new address there would be probed, and its node's agent asked.
  bool is_pool(const dns::Name& owner, Type type) const {
    const bool address = type == Type::A || type == Type::AAAA;
    if (!address && type != Type::MX && type != Type::CNAME) return false;
    const dns::Name name = owner.lowered();
    if (pools_.has(name)) return true;
    return address && std::ranges::any_of(zone_.watched(), [&](const zone::WatchedRrset& rrset) {
             return std::ranges::any_of(rrset.records, [&](const zone::WatchedRecord& record) {
               return record.exchange && *record.exchange == name;
             });
           });
  }

  const zone::UpdateClient& client_;
  const zone::UpdatePolicy& policy_;
  const zone::Zone& zone_;
  const edit::PoolNames& pools_;
  const dns::Name origin_ = zone_.origin().name();
  std::string reason_;
};

/// What is asked for, whether or not it would change anything.
/// @return false: the permission has the reason
bool steps_are_allowed(const transfer::UpdateRequest& request, Permission& permission,
                       std::vector<AgedRecord>& aged) {
  for (const UpdateStep& step : request.steps) {
    const edit::EditRecord& record = step.record;
    if (step.kind == UpdateKind::delete_name) {
      if (!permission.covers_name(record.owner)) return false;
      continue;
    }
    const bool adds = step.kind == UpdateKind::add;
    const zone::UpdateGrant* grant =
        permission.find(record.owner, record.type, adds ? std::optional(record.ttl) : std::nullopt);
    if (grant == nullptr) return false;
    if (adds && grant->max_age) aged.push_back({record, *grant->max_age});
  }
  return true;
}

/// What would change: the records that leave with a whole name, too.
bool edit_is_allowed(const edit::ZoneEdit& edit, Permission& permission) {
  for (const edit::EditRecord& record : edit.remove) {
    if (permission.find(record.owner, record.type, std::nullopt) == nullptr) return false;
  }
  for (const edit::EditRecord& record : edit.add) {
    if (permission.find(record.owner, record.type, record.ttl) == nullptr) return false;
  }
  return true;
}

/// A zone whose nameservers have no addresses could not be reached, and its file would be refused.
/// @return the nameserver of the zone that an edit leaves without one; nothing: there is none
std::optional<dns::Name> nameserver_without_address(const zone::Zone& zone,
                                                    const edit::ZoneEdit& made) {
  const dns::Name origin = zone.origin().name().lowered();
  const auto touches = [&](const dns::Name& name) {
    const auto is_it = [&](const edit::EditRecord& record) {
      const bool comes = record.type == Type::NS && record.owner == origin;
      return comes || record.owner == name;
    };
    return std::ranges::any_of(made.remove, is_it) || std::ranges::any_of(made.add, is_it);
  };
  for (const edit::EditRecord& record : edit::records_at(zone, origin)) {
    if (record.type != Type::NS) continue;
    const dns::Name target = dns::Name::from_wire(record.rdata)->lowered();
    if (!target.is_at_or_below(origin) || !touches(target)) continue;
    const auto is_glue = [](const edit::EditRecord& there) {
      return there.type == Type::A || there.type == Type::AAAA;
    };
    const bool has_glue = std::ranges::any_of(edit::records_at(zone, target), is_glue);
    if (!has_glue && zone::addresses_of(zone, target).empty()) return target;
  }
  return std::nullopt;
}

}  // namespace

UpdateDecision decide_update(const transfer::UpdateRequest& request,
                             const zone::UpdateClient& client, const zone::UpdatePolicy& policy,
                             const ZonePtr& zone, const edit::PoolNames& pools) {
  UpdateDecision decision;
  const auto refuse = [&](Rcode rcode, std::string reason) {
    decision.rcode = rcode;
    decision.reason = std::move(reason);
    decision.aged.clear();
    return std::move(decision);
  };
  if (const auto broken = transfer::broken_prerequisite(request, *zone)) {
    return refuse(*broken, "a prerequisite does not hold");
  }
  Permission permission(client, policy, *zone, pools);
  if (!steps_are_allowed(request, permission, decision.aged)) {
    return refuse(Rcode::refused, permission.reason());
  }
  edit::ZoneEdit solved = transfer::solve_update(request, *zone);
  if (!edit_is_allowed(solved, permission)) {
    return refuse(Rcode::refused, permission.reason());
  }
  auto edited = edit::apply_edit(zone, solved, pools);
  if (edited) {
    if (const auto bare = nameserver_without_address(*edited->zone, edited->made)) {
      return refuse(Rcode::refused,
                    bare->to_display() + " is a nameserver of the zone and needs an address");
    }
    decision.made = std::move(edited->made);
    decision.zone = std::move(edited->zone);
    return decision;
  }
  if (edited.error().kind == edit::EditRefusal::invalid) {
    return refuse(Rcode::refused, std::move(edited.error().message));
  }
  decision.made = std::move(solved);
  return decision;
}

UpdateDecision decide_ended(edit::ZoneEdit over, const ZonePtr& zone,
                            const edit::PoolNames& pools) {
  UpdateDecision decision;
  while (!over.empty()) {
    auto edited = edit::apply_edit(zone, over, pools);
    if (!edited) {
      decision.made = std::move(over);
      break;
    }
    const auto bare = nameserver_without_address(*edited->zone, edited->made);
    const auto is_its = [&](const edit::EditRecord& record) { return record.owner == *bare; };
    if (bare && std::erase_if(over.remove, is_its) > 0) continue;
    decision.made = std::move(edited->made);
    decision.zone = std::move(edited->zone);
    break;
  }
  return decision;
}

}  // namespace rollcall::content
