// pools: which names are health-checked, and what happens to their members.
//
// Limitations: `records` of types other than MX are refused.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "config/pool_needs.hpp"
#include "config/sections.hpp"
#include "core/service_name.hpp"
#include "dns/record_type.hpp"
#include "zone/shares.hpp"

namespace rollcall::config {
namespace {

constexpr unsigned kMaxChecks = 64;  // of one member: each is a probe of its own
constexpr std::array<std::string_view, 3> kWhenAllDown{"fail_open", "fail_closed", "fallback"};
constexpr unsigned kMaxWeight = 255;
constexpr Duration kMaxRampUp = std::chrono::hours(24);
constexpr Duration kMaxRestartDelay = std::chrono::hours(24);
constexpr Duration kMaxFailback = std::chrono::hours(24 * 365);  // a longer time means manual
constexpr std::array<std::string_view, 2> kTiers{"primary", "backup"};

using Origins = std::unordered_set<dns::Name>;

bool is_in_a_zone(const dns::Name& name, const Origins& origins) {
  for (dns::Name at = name;; at = at.parent()) {
    if (origins.contains(at)) return true;
    if (at.is_root()) return false;  // the root's parent is the root
  }
}

/// The pool's name with its end corrected, where that end is nearly a zone's name.
std::string near_name(const dns::Name& name, const std::vector<zone::ZoneSpec>& zones) {
  const std::string text = name.to_display();
  for (const zone::ZoneSpec& zone : zones) {
    dns::Name end = name;
    while (end.label_count() > zone.origin.label_count()) end = end.parent();
    const std::string end_text = end.to_display();
    const std::string zone_text = zone.origin.to_display();
    if (yaml::did_you_mean(end_text, std::vector{zone_text}).empty()) continue;
    return fmt::format(", did you mean \"{}{}\"?", text.substr(0, text.size() - end_text.size()),
                       zone_text);
  }
  return {};
}

void add_check(const yaml::Value& value, const PoolContext& context, pool::PoolSpec& pool) {
  const health::CheckSpec* check = find_check(value, context.checks);
  if (check == nullptr) return;
  if (std::ranges::find(pool.checks, check->name, &health::CheckSpec::name) != pool.checks.end()) {
    value.error(fmt::format("names the check {} twice", yaml::in_quotes(check->name)));
    return;
  }
  pool.checks.push_back(*check);
}

/// `at_least` of `checks`.
void read_at_least(const yaml::Value& value, const std::optional<yaml::Value>& checks,
                   pool::PoolSpec& pool) {
  if (!checks) {
    value.error("needs \"checks\", of which at least so many must pass");
    return;
  }
  const std::optional<unsigned> least = value.number(1, kMaxChecks);
  if (!least) return;
  if (*least > pool.checks.size()) {
    value.error(fmt::format("asks for {} checks where {} are listed", *least, pool.checks.size()));
  }
  pool.needed = static_cast<std::uint16_t>(*least);
}

void read_pool_checks(const yaml::Entry& entry, const yaml::Section& section,
                      const PoolContext& context, pool::PoolSpec& pool) {
  const std::optional<yaml::Value> one = section.find("check");
  const std::optional<yaml::Value> all = section.find("checks");
  const std::optional<yaml::Value> any = section.find("any_of");
  if (one && all) all->error("cannot be used with \"check\": use one of them");
  if (any && (one || all)) {
    any->error(
        fmt::format("cannot be used with \"{}\": use one of them", one ? "check" : "checks"));
  }
  if (one) add_check(*one, context, pool);
  for (const std::optional<yaml::Value>& many : {all, any}) {
    if (!many) continue;
    const std::vector<yaml::Value> items = many->list();
    for (const yaml::Value& item : items) add_check(item, context, pool);
    if (items.empty() && many->is_list()) many->error("must name at least one check");
  }
  if (any) pool.needed = 1;
  if (const auto least = section.find("at_least")) read_at_least(*least, all, pool);
  if (!one && !all && !any && (entry.value.is_map() || entry.value.is_nothing())) {
    entry.value.error("needs the key \"check\"");
  }
}

std::optional<std::string> read_restart(const yaml::Value& value, const PoolContext& context) {
  std::optional<std::string> service = value.text();
  if (!service) return std::nullopt;
  if (!is_service_name(*service)) {
    value.error(fmt::format(
        "must begin with a letter or digit and contain only letters, digits and \"-_.@\", not {}",
        yaml::in_quotes(*service)));
    return std::nullopt;
  }
  if (!context.can_restart) {
    value.error("needs agents.keys_dir: without keys no agent can be asked");
    return std::nullopt;
  }
  return service;
}

/// The places of the keys of `members`, by the key as messages name it.
using MemberPlaces = std::map<std::string, SourcePosition>;

/// `key` as an address; in a pool of MX records also as an exchange.
/// @return its spelling for messages; nothing where an error was reported
std::optional<std::string> add_member(const yaml::Entry& entry, pool::MemberSpec member,
                                      pool::PoolSpec& pool, bool& fresh) {
  const bool exchange = pool.records == pool::PoolRecords::mx && !IpAddress::parse(entry.key);
  if (exchange) {
    const std::optional<dns::Name> name = read_domain(entry.key_place, entry.key);
    if (!name) return std::nullopt;
    fresh = pool.exchanges.emplace(*name, std::move(member)).second;
    return name->lowered().to_display();
  }
  const std::optional<IpAddress> address = read_address(entry.key_place, entry.key);
  if (!address) return std::nullopt;
  fresh = pool.members.emplace(*address, std::move(member)).second;
  return address->to_string();
}

std::optional<pool::Tier> read_tier(const yaml::Value& value) {
  if (value.scalar() == "fallback") {
    value.error("cannot be \"fallback\": list the member in the pool's key \"fallback\"");
    return std::nullopt;
  }
  const auto at = value.one_of("tier", kTiers);
  return at ? std::optional(static_cast<pool::Tier>(*at)) : std::nullopt;
}

std::uint16_t read_probe_port(const yaml::Value& value) {
  return static_cast<std::uint16_t>(value.number(1, 65535).value_or(0));
}

void read_members(const yaml::Value& value, const PoolContext& context, pool::PoolSpec& pool,
                  MemberPlaces& places) {
  for (const yaml::Entry& entry : value.entries()) {
    const yaml::Section section(entry.value,
                                {"restart", "tier", "probe_address", "port", "weight"});
    pool::MemberSpec member;
    if (const auto restart = section.find("restart")) {
      // restart: "" takes the pool's restart away from this member.
      member.restart = restart->scalar() == "" ? "" : read_restart(*restart, context);
    }
    if (const auto tier = section.find("tier")) member.tier = read_tier(*tier);
    if (const auto weight = section.find("weight")) {
      const std::optional<unsigned> share = weight->number(0, kMaxWeight);
      if (share) member.weight = static_cast<std::uint8_t>(*share);
    }
    if (const auto port = section.find("port")) member.port = read_probe_port(*port);
    if (const auto at = section.find("probe_address")) {
      const std::optional<std::string> text = at->text();
      if (text) member.probe_address = read_address(*at, *text);
      if (!IpAddress::parse(entry.key)) at->error("is only for members named by their address");
    }
    bool fresh = true;
    const std::optional<std::string> key = add_member(entry, std::move(member), pool, fresh);
    if (!key) continue;
    if (!fresh) {
      entry.key_place.plain_error(
          fmt::format("member {} is defined twice in {}", *key, value.path()));
    }
    places.emplace(*key, entry.key_place.where());
  }
}

void read_when_all_down(const yaml::Value& value, pool::PoolSpec& pool) {
  if (const auto at = value.one_of("choice", kWhenAllDown)) {
    pool.when_all_down = static_cast<pool::WhenAllDown>(*at);
  }
}

/// The entry in `members` for the member that `text` names; null: none.
pool::MemberSpec* find_member(pool::PoolSpec& pool, const std::string& text) {
  if (const auto address = IpAddress::parse(text)) {
    const auto found = pool.members.find(*address);
    return found == pool.members.end() ? nullptr : &found->second;
  }
  const auto name = dns::Name::parse(text);
  const auto found = name ? pool.exchanges.find(*name) : pool.exchanges.end();
  return found == pool.exchanges.end() ? nullptr : &found->second;
}

/// Marks the members that are answered when all others are down. They are records of the zone file
/// like the others, because a mask can only choose among its records.
void read_fallback(const yaml::Section& section, const yaml::Entry& entry, pool::PoolSpec& pool,
                   MemberPlaces& places) {
  const bool wanted = pool.when_all_down == pool::WhenAllDown::fallback;
  const std::optional<yaml::Value> value = section.find("fallback");
  if (!value) {
    if (wanted) entry.value.error("needs the key \"fallback\": when_all_down names it");
    return;
  }
  if (!wanted) value->error("needs \"when_all_down: fallback\"");
  const std::vector<yaml::Value> items = value->list();
  if (value->is_list() && items.empty()) value->error("must name at least one member");
  for (const yaml::Value& item : items) {
    const std::optional<std::string> text = item.text();
    if (!text) continue;
    // An entry in `members` stays; only its tier changes.
    if (pool::MemberSpec* known = find_member(pool, *text)) {
      if (known->tier == pool::Tier::fallback) {
        item.error(fmt::format("names {} twice", *text));
      } else if (known->tier) {
        item.error(fmt::format("names {}, which has a tier in \"members\"", *text));
      }
      known->tier = pool::Tier::fallback;
      continue;
    }
    bool fresh = true;
    const pool::MemberSpec member{.restart = {}, .tier = pool::Tier::fallback};
    const std::optional<std::string> key =
        add_member(yaml::Entry{*text, item, item}, member, pool, fresh);
    if (key) places.emplace(*key, item.where());
  }
}

/// "auto", "manual" or "after 10m".
void read_failback(const yaml::Value& value, pool::PoolSpec& pool) {
  constexpr std::string_view kAfter = "after ";
  const std::optional<std::string> text = value.text();
  if (!text || *text == "auto") return;
  if (*text == "manual") {
    pool.failback.reset();
    return;
  }
  const auto time =
      text->starts_with(kAfter) ? parse_duration(text->substr(kAfter.size())) : std::nullopt;
  if (time && *time > Duration::zero() && *time <= kMaxFailback) {
    pool.failback = *time;
  } else {
    value.error(
        fmt::format("must be auto, manual or a time such as \"after 10m\", up to {}, not {}",
                    format_duration(kMaxFailback), yaml::in_quotes(*text)));
  }
}

void read_records(const yaml::Value& value, pool::PoolSpec& pool) {
  const std::optional<std::string> type = value.text();
  if (!type) return;
  const std::optional<dns::Type> known = dns::parse_type(*type);
  if (known == dns::Type::MX) {
    pool.records = pool::PoolRecords::mx;
  } else {
    value.error(
        fmt::format("must be MX, or omitted for A and AAAA, not {}", yaml::in_quotes(*type)));
  }
}

pool::PoolSpec read_pool(const yaml::Entry& entry, const PoolContext& context,
                         MemberPlaces& places) {
  pool::PoolSpec pool;
  const yaml::Section section(
      entry.value,
      {"records", "check", "checks", "any_of", "at_least", "port", "restart", "restart_delay",
       "needs", "forward", "when_all_down", "fallback", "min_healthy", "flap_damping", "failback",
       "observe_only", "members", "ramp_up", "max_answers"});
  if (const auto value = section.find("records")) read_records(*value, pool);
  read_pool_checks(entry, section, context, pool);
  if (const auto value = section.find("restart")) {
    pool.restart = read_restart(*value, context).value_or("");
  }
  if (const auto value = section.find("restart_delay")) {
    pool.restart_delay = value->duration(Duration::zero(), kMaxRestartDelay);
  }
  if (const auto value = section.find("needs")) read_needs(*value, pool);
  if (const auto value = section.find("forward")) read_forward(*value, context.can_restart, pool);
  if (const auto value = section.find("port")) pool.port = read_probe_port(*value);
  if (const auto value = section.find("when_all_down")) read_when_all_down(*value, pool);
  if (const auto value = section.find("min_healthy")) {
    pool.min_healthy = read_percent(*value).value_or(0);
  }
  if (const auto value = section.find("flap_damping")) {
    pool.flap_damping = read_switch(*value, false);
  }
  if (const auto value = section.find("max_answers")) {
    pool.max_answers = value->number(1, zone::kMaxWatchedRecords).value_or(0);
  }
  if (const auto value = section.find("ramp_up")) {
    pool.ramp_up = value->duration(Duration::zero(), kMaxRampUp).value_or(Duration::zero());
  }
  if (const auto value = section.find("failback")) read_failback(*value, pool);
  pool.observe_only = context.observe_only;
  if (const auto value = section.find("observe_only")) {
    pool.observe_only = read_switch(*value, context.observe_only);
  }
  if (const auto value = section.find("members")) read_members(*value, context, pool, places);
  read_fallback(section, entry, pool, places);
  return pool;
}

/// Where a check has no connection to hold, its tripwire is only the watch by a member's agent.
void warn_of_idle_tripwires(const yaml::Entry& entry, const pool::PoolSpec& pool) {
  const auto restarts = [](const auto& named) {
    return !named.second.restart.value_or("").empty();
  };
  if (!pool.restart.empty() || std::ranges::any_of(pool.members, restarts) ||
      std::ranges::any_of(pool.exchanges, restarts)) {
    return;
  }
  for (const health::CheckSpec& check : pool.checks) {
    if (!check.tripwire || health::holds_connection(check)) continue;
    entry.key_place.plain_warning(
        fmt::format("the pool {} has no key \"restart\": the tripwire of its check {}, which holds "
                    "no connection, needs an agent that restarts, and so watches, a service",
                    yaml::in_quotes(entry.key), yaml::in_quotes(check.name)));
  }
}

/// A pool's name is the Host of its probes, but a wildcard is not the name of a host.
void need_hosts(const yaml::Entry& entry, const pool::PoolSpec& pool) {
  for (const health::CheckSpec& check : pool.checks) {
    if (!health::needs_host(check) || !check.host.empty()) continue;
    entry.key_place.plain_error(
        fmt::format("the pool {} is a wildcard: its check {} needs the key \"host\"",
                    yaml::in_quotes(entry.key), yaml::in_quotes(check.name)));
  }
}

}  // namespace

void read_pools(const std::optional<yaml::Value>& value, const PoolContext& context,
                Options& options) {
  if (!value) return;
  Origins origins;
  for (const zone::ZoneSpec& zone : context.zones) origins.insert(zone.origin);
  std::unordered_map<dns::Name, std::uint32_t> lines;  // of the pools so far
  Needs needs;
  lines.reserve(value->size());
  options.pools.reserve(value->size());
  value->for_each_entry([&](const yaml::Entry& entry) {
    const std::optional<dns::Name> name = read_domain(entry.key_place, entry.key);
    MemberPlaces places;
    pool::PoolSpec pool = read_pool(entry, context, places);
    warn_of_idle_tripwires(entry, pool);
    if (!name) return;
    pool.name = *name;
    const auto [same, fresh] = lines.emplace(*name, entry.key_place.where().line);
    if (!fresh) {
      entry.key_place.plain_error(fmt::format("pool {} is defined twice; first in line {}",
                                              yaml::in_quotes(entry.key), same->second));
      return;
    }
    if (!origins.empty() && !is_in_a_zone(*name, origins)) {
      entry.key_place.plain_error(fmt::format("pool {} is not in any configured zone{}",
                                              yaml::in_quotes(entry.key),
                                              near_name(*name, context.zones)));
    }
    if (name->is_wildcard() && pool.records == pool::PoolRecords::addresses) {
      need_hosts(entry, pool);
    }
    for (const auto& [member, where] : places) {
      options.member_places.emplace(std::pair(name->to_display(), member), where);
    }
    options.pool_places.emplace(name->to_display(), entry.key_place.where());
    if (!pool.needs.empty()) needs.emplace_back(entry.key_place, options.pools.size());
    options.pools.push_back(std::move(pool));
  });
  check_needs(needs, options.pools);
}

}  // namespace rollcall::config
