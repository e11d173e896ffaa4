// Limitations: answers by place, latency and network are reported, and all records are answered to
// everybody; aliases to other services of AWS are reported; a pool has one check.
#include "convert/route53.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "convert/formats.hpp"
#include "convert/zone_file.hpp"
#include "core/number.hpp"
#include "zone/shares.hpp"

namespace rollcall::convert {
namespace {

constexpr std::string_view kMultivalueAnswers = "8";  // as many as Route 53 gives
constexpr std::array<std::string_view, 7> kPolicies{"Weight",           "Failover",
                                                    "MultiValueAnswer", "Region",
                                                    "GeoLocation",      "GeoProximityLocation",
                                                    "CidrRoutingConfig"};

bool depends_on_client(std::string_view policy) {
  return std::ranges::find(kPolicies, policy) - kPolicies.begin() >= 3 && !policy.empty();
}

/// Route 53 writes octets as three octal digits, zone files as three decimal ones.
std::string with_decimal_escapes(std::string_view text) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view digits = text.substr(std::min(at + 1, text.size()), 3);
    if (text[at] == '\\' && digits.size() == 3 && digits[0] <= '3' &&
        std::ranges::all_of(digits, is_octal)) {
      out += fmt::format("\\{:03}",
                         (digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
      at += 3;
    } else {
      out += text[at];
      if (text[at] == '\\' && at + 1 < text.size()) out += text[++at];
    }
  }
  return out;
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

std::string least_ttl_of(const std::vector<Route53Set>& group) {
  std::string least;
  std::uint32_t seconds = 0;
  for (const Route53Set& set : group) {
    const auto ttl = parse_number<std::uint32_t>(set.ttl);
    if (!ttl || (!least.empty() && *ttl >= seconds)) continue;
    seconds = *ttl;
    least = set.ttl;
  }
  return least;
}

bool is_address_type(std::string_view type) {
  return type == "A" || type == "AAAA";
}

}  // namespace

std::string Route53Set::text() const {
  return fmt::format("{} {}{}{}", name.to_display(), type, identifier.empty() ? "" : " ",
                     identifier);
}

void Route53Zone::read(const SourceFile& source, const std::vector<JsonItem>& items) {
  for (const JsonItem& item : items) add_set(item);
  if (!find_origin()) {
    return target_.left({source.name, 1, 1}, "no SOA record: the zone has no name");
  }
  for (const Group& group : groups_) write_group(group);
  const std::string name = origin_.to_display();
  TargetZone zone{.origin = origin_,
                  .path = target_.free_path("zones", "db." + (origin_.is_root() ? "root" : name)),
                  .text = std::move(text_),
                  .source = source.name,
                  .where = {source.name, 1, 1},
                  .settings = {}};
  if (!target_.add_zone(std::move(zone), "zone " + name)) return;
  for (const Group* group : pools_) add_pool(*group);
}

void Route53Zone::read_values(const boost::json::object& object, Route53Set& set) {
  const boost::json::value* records = object.if_contains("ResourceRecords");
  if (records != nullptr && records->is_array()) {
    for (const boost::json::value& record : records->get_array()) {
      const boost::json::object* one = record.if_object();
      std::string value = one ? with_decimal_escapes(json_text(*one, "Value")) : "";
      if (value.empty() || has_controls(value)) {
        target_.left(set.where, set.text() + ": a value that no zone file can have");
      } else {
        set.values.push_back(std::move(value));
      }
    }
  }
}

void Route53Zone::add_set(const JsonItem& item) {
  const boost::json::object& object = *item.object;
  const std::string name = json_text(object, "Name");
  const auto owner = dns::Name::parse(with_decimal_escapes(name));
  Route53Set set;
  set.where = item.where;
  set.type = json_text(object, "Type");
  if (!owner || name.empty() || set.type.empty() || has_controls(set.type)) {
    return target_.left(item.where, fmt::format("\"{}\": expected a Name and a Type", name));
  }
  set.name = *owner;
  set.identifier = json_text(object, "SetIdentifier");
  set.health_check = json_text(object, "HealthCheckId");
  if (const auto ttl = json_number(object, "TTL")) set.ttl = fmt::format("{}", *ttl);
  if (const boost::json::object* alias = json_object(object, "AliasTarget")) {
    set.alias = json_text(*alias, "DNSName");
  }
  for (const std::string_view policy : kPolicies) {
    const bool chosen = object.if_contains(policy) != nullptr;
    if (chosen && set.policy.empty()) set.policy = policy;
  }
  set.weight = json_number(object, "Weight").value_or(1);
  set.secondary = json_text(object, "Failover") == "SECONDARY";
  read_values(object, set);
  const std::string owner_text = set.name.lowered().to_text();
  const auto [at, fresh] = index_.emplace(std::pair(owner_text, set.type), groups_.size());
  if (fresh) groups_.emplace_back();
  if (set.alias.empty()) ++types_of_[owner_text];
  groups_[at->second].push_back(std::move(set));
}

bool Route53Zone::find_origin() {
  const auto soa =
      std::ranges::find_if(groups_, [](const Group& group) { return group[0].type == "SOA"; });
  if (soa == groups_.end()) return false;
  origin_ = (*soa)[0].name;
  return true;
}

void Route53Zone::write_group(const Group& group) {
  const bool aliased =
      std::ranges::any_of(group, [](const Route53Set& set) { return !set.alias.empty(); });
  if (aliased) {
    for (const Route53Set& set : group) {
      if (!set.alias.empty()) write_alias(set);
    }
  }
  if (is_address_type(group[0].type)) {
    write_addresses(group);
  } else {
    write_one(group);
  }
}

/// An alias to a name in the zone becomes a CNAME, where its name has nothing else.
void Route53Zone::write_alias(const Route53Set& set) {
  const auto target = dns::Name::parse(with_decimal_escapes(set.alias));
  const std::string owner = set.name.lowered().to_text();
  if (!target || !target->is_at_or_below(origin_)) {
    return target_.left(set.where, fmt::format("{}: an alias of {}, which is outside of the zone",
                                               set.text(), set.alias));
  }
  if (types_of_.contains(owner) || set.name == origin_ || !set.policy.empty()) {
    return target_.left(set.where, fmt::format("{}: an alias of {}: write the records of that name",
                                               set.text(), set.alias));
  }
  const auto [known, fresh] = aliases_.emplace(owner, target->lowered().to_text());
  if (!fresh && known->second != target->lowered().to_text()) {
    return target_.left(set.where, set.text() + ": a name has one CNAME record");
  }
  if (fresh) text_ += record_line(set.name, "60", "CNAME", target->to_text()) + "\n";
  target_.taken(set.where, fmt::format("{}: a CNAME record for {}", set.text(), set.alias));
}

void Route53Zone::write_addresses(const Group& group) {
  const std::string ttl = least_ttl_of(group);
  std::set<std::string> seen;
  bool watched = false;
  for (const Route53Set& set : group) {
    if (!set.alias.empty()) continue;
    std::size_t kept = 0;
    for (const std::string& value : set.values) {
      if (seen.size() == zone::kMaxWatchedRecords && !seen.contains(value)) continue;
      ++kept;
      if (!seen.insert(value).second) continue;
      text_ += record_line(set.name, ttl, set.type, value) + "\n";
    }
    if (kept < set.values.size()) {
      target_.left(set.where, fmt::format("{}: a pool has at most {} records", set.text(),
                                          zone::kMaxWatchedRecords));
    }
    if (depends_on_client(set.policy)) {
      target_.left(set.where,
                   fmt::format("{}: {}: answers do not depend on the client; its records "
                               "are for everybody",
                               set.text(), set.policy));
    }
    watched =
        watched || !set.health_check.empty() || set.policy == "Weight" || set.policy == "Failover";
    if (!watched) target_.taken(set.where, set.text() + ": records");
  }
  if (watched) pools_.push_back(&group);
}

/// Of several sets of a type that pools do not have, the first of the greatest weight stays.
void Route53Zone::write_one(const Group& group) {
  const Route53Set* best = nullptr;
  for (const Route53Set& set : group) {
    if (!set.alias.empty()) continue;
    if (best == nullptr || (best->secondary && !set.secondary) ||
        (best->secondary == set.secondary && set.weight > best->weight)) {
      best = &set;
    }
  }
  for (const Route53Set& set : group) {
    if (!set.alias.empty()) continue;
    if (&set != best) {
      target_.left(set.where, fmt::format("{}: pools have addresses; the set {} stays", set.text(),
                                          best->identifier));
      continue;
    }
    for (const std::string& value : set.values) {
      text_ += record_line(set.name, set.ttl, set.type, value) + "\n";
    }
    const bool own = (set.type == "SOA" || set.type == "NS") && set.name == origin_;
    target_.taken(
        set.where,
        set.text() + (own ? ": records; put the names of your own servers there" : ": records"));
  }
}

void Route53Zone::set_once(TargetPool& pool, const char* key, const std::string& value) {
  if (std::ranges::find(pool.settings, key, &Setting::key) == pool.settings.end()) {
    pool.settings.push_back({key, value});
  }
}

void Route53Zone::add_pool(const Group& group) {
  if (const std::string why = target_.why_no_pool(group[0].name); !why.empty()) {
    return target_.left(group[0].where, fmt::format("{}: {}", group[0].text(), why));
  }
  const Route53Check* usual = nullptr;
  for (const Route53Set& set : group) {
    if (usual == nullptr && !set.health_check.empty()) usual = checks_.find(set.health_check);
  }
  TargetPool& pool = target_.pool(group[0].name, group[0].where);
  std::string name;
  if (usual != nullptr) {
    Settings settings = usual->settings;
    if (!usual->usual_port) settings.insert(settings.begin() + 1, {"port", usual->port});
    name = target_.add_check(usual->name, std::move(settings));
  } else {
    name = target_.add_always_up();
  }
  if (pool.checks.empty()) pool.checks.push_back(name);
  for (const Route53Set& set : group) {
    if (!set.alias.empty()) continue;
    const Route53Check* own = set.health_check.empty() ? nullptr : checks_.find(set.health_check);
    const bool shared = own != nullptr && own->is_like(*usual) && pool.checks[0] == name;
    if (shared) checks_.take(set.health_check, name);
    if (usual != nullptr && !shared) {
      target_.left(set.where,
                   fmt::format("{}: {}; it is probed with the pool's check {}", set.text(),
                               own ? "its health check is a different one"
                                   : "it has no health check that could be taken over",
                               pool.checks[0]));
    }
    if (set.policy == "Weight") set_once(pool, "max_answers", "1");
    if (set.policy == "MultiValueAnswer") {
      set_once(pool, "max_answers", std::string(kMultivalueAnswers));
    }
    add_members(set, shared ? own : nullptr, usual, pool);
    target_.taken(set.where, fmt::format("{}: in the pool {} with check {}", set.text(),
                                         set.name.to_display(), pool.checks[0]));
  }
}

void Route53Zone::add_members(const Route53Set& set, const Route53Check* check,
                              const Route53Check* pool_check, TargetPool& pool) {
  for (const std::string& value : set.values) {
    const auto address = IpAddress::parse(value);
    if (!address || pool.members.contains(*address)) continue;
    Settings& member = pool.members[*address];
    if (set.secondary) member.push_back({"tier", "backup"});
    if (set.policy == "Weight" && set.weight != 1) {
      member.push_back({"weight", fmt::format("{}", std::clamp<std::int64_t>(set.weight, 0, 255))});
    }
    if (check == nullptr) continue;
    if (check->port != pool_check->port) member.push_back({"port", check->port});
    if (check->address && *check->address != *address) {
      member.push_back({"probe_address", check->address->to_string()});
    }
  }
}

void convert_route53(Shelf& shelf, Target& target) {
  constexpr const char* kSets = "ResourceRecordSets";
  constexpr const char* kChecks = "HealthChecks";
  Route53Checks checks(target);
  std::vector<std::pair<const SourceFile*, boost::json::object>> zones;
  for (const SourceFile* source : shelf.unused()) {
    shelf.use(*source);
    auto whole = read_json(*source);
    if (!whole) {
      target.wrong(whole.error());
      continue;
    }
    for (const JsonItem& item : json_items(*source, *whole, kChecks)) checks.define(item);
    if (whole->contains(kSets)) {
      zones.emplace_back(source, std::move(*whole));
    } else if (!whole->contains(kChecks)) {
      target.left({source->name, 1, 1}, "neither ResourceRecordSets nor HealthChecks");
    }
  }
  for (const auto& [source, whole] : zones) {
    Route53Zone(target, checks).read(*source, json_items(*source, whole, kSets));
  }
  checks.report();
}

}  // namespace rollcall::convert
