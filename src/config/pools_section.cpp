// pools: which names are health-checked, and what happens to their members.
//
// Not done: records, weight, tier, when_all_down: fallback.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/sections.hpp"
#include "core/service_name.hpp"

namespace rollcall::config {
namespace {

constexpr std::array<std::string_view, 2> kWhenAllDown{"fail_open", "fail_closed"};

bool is_in_a_zone(const dns::Name& name, const std::vector<ZoneOptions>& zones) {
  return std::ranges::any_of(zones,
                             [&](const ZoneOptions& z) { return name.is_at_or_below(z.origin); });
}

/// The pool's name with its end put right, where that end is nearly a zone's name.
std::string near_name(const dns::Name& name, const std::vector<ZoneOptions>& zones) {
  const std::string text = name.to_display();
  for (const ZoneOptions& zone : zones) {
    dns::Name end = name;
    while (end.label_count() > zone.origin.label_count()) end = end.parent();
    const std::string end_text = end.to_display();
    const std::string zone_text = zone.origin.to_display();
    if (did_you_mean(end_text, std::vector{zone_text}).empty()) continue;
    return fmt::format(", did you mean \"{}{}\"?", text.substr(0, text.size() - end_text.size()),
                       zone_text);
  }
  return {};
}

void add_check(const Value& value, const PoolContext& context, roster::PoolSpec& pool) {
  const std::optional<std::string> name = value.text();
  if (!name) return;
  const auto found = context.checks.find(*name);
  if (found == context.checks.end()) {
    std::vector<std::string> known;
    for (const auto& [other, check] : context.checks) known.push_back(other);
    value.error(fmt::format("names the check {}, which is not in checks{}", quoted(*name),
                            did_you_mean(*name, known)));
    return;
  }
  found->second.used = true;
  if (std::ranges::find(pool.checks, *name, &health::CheckSpec::name) != pool.checks.end()) {
    value.error(fmt::format("names the check {} twice", quoted(*name)));
    return;
  }
  pool.checks.push_back(found->second.spec);
}

void read_pool_checks(const Entry& entry, const Section& section, const PoolContext& context,
                      roster::PoolSpec& pool) {
  const std::optional<Value> one = section.find("check");
  const std::optional<Value> many = section.find("checks");
  if (one && many) many->error("stands beside \"check\"; one of the two is enough");
  if (one) add_check(*one, context, pool);
  if (many) {
    const std::vector<Value> items = many->list();
    for (const Value& item : items) add_check(item, context, pool);
    if (items.empty() && many->is_list()) many->error("must name at least one check");
  }
  if (!one && !many && (entry.value.is_map() || entry.value.is_nothing())) {
    entry.value.error("needs the key \"check\"");
  }
}

std::optional<std::string> read_restart(const Value& value, const PoolContext& context) {
  const std::optional<std::string> service = value.text();
  if (!service) return std::nullopt;
  if (!is_service_name(*service)) {
    value.error(
        fmt::format("must be made of letters, digits and \"-_.@\", not {}", quoted(*service)));
    return std::nullopt;
  }
  if (!context.can_restart) {
    value.error("needs agents.key_file: without it no agent can be asked");
    return std::nullopt;
  }
  return service;
}

using MemberPlaces = std::map<IpAddress, SourcePosition>;

void read_members(const Value& value, const PoolContext& context, roster::PoolSpec& pool,
                  MemberPlaces& places) {
  for (const Entry& entry : value.entries()) {
    const Section section(entry.value, {"restart"}, {"weight", "tier"});
    roster::MemberSpec member;
    if (const auto restart = section.find("restart")) {
      // restart: "" takes the pool's restart away from this member.
      member.restart = restart->scalar() == "" ? "" : read_restart(*restart, context);
    }
    const std::optional<IpAddress> address = read_address(entry.key_place, entry.key);
    if (!address) continue;
    if (!pool.members.emplace(*address, member).second) {
      entry.key_place.plain_error(
          fmt::format("the member {} stands twice in {}", address->to_string(), value.path()));
    }
    places.emplace(*address, entry.key_place.where());
  }
}

void read_when_all_down(const Value& value, roster::PoolSpec& pool) {
  if (value.scalar() == "fallback" || value.is_map()) {
    value.error("\"fallback\" is not supported in this version (fail_open and fail_closed are)");
    return;
  }
  if (const auto at = value.one_of("choice", kWhenAllDown)) {
    pool.when_all_down =
        *at == 0 ? roster::WhenAllDown::fail_open : roster::WhenAllDown::fail_closed;
  }
}

roster::PoolSpec read_pool(const Entry& entry, const PoolContext& context, MemberPlaces& places) {
  roster::PoolSpec pool;
  const Section section(entry.value, {"check", "checks", "restart", "when_all_down", "members"},
                        {"records"});
  read_pool_checks(entry, section, context, pool);
  if (const auto value = section.find("restart")) {
    pool.restart = read_restart(*value, context).value_or("");
  }
  if (const auto value = section.find("when_all_down")) read_when_all_down(*value, pool);
  if (const auto value = section.find("members")) read_members(*value, context, pool, places);
  return pool;
}

}  // namespace

void read_pools(const std::optional<Value>& value, const PoolContext& context, Options& options) {
  if (!value) return;
  for (const Entry& entry : value->entries()) {
    const std::optional<dns::Name> name = read_domain(entry.key_place, entry.key);
    MemberPlaces places;
    roster::PoolSpec pool = read_pool(entry, context, places);
    if (!name) continue;
    pool.name = *name;
    const auto same = std::ranges::find(options.pools, *name, &roster::PoolSpec::name);
    if (same != options.pools.end()) {
      entry.key_place.plain_error(
          fmt::format("the pool {} is already in line {}", quoted(entry.key),
                      options.pool_places.at(same->name.to_display()).line));
      continue;
    }
    if (!context.zones.empty() && !is_in_a_zone(*name, context.zones)) {
      entry.key_place.plain_error(fmt::format("the pool {} lies in none of the zones{}",
                                              quoted(entry.key), near_name(*name, context.zones)));
    }
    for (const auto& [address, where] : places) {
      options.member_places.emplace(std::pair(name->to_display(), address), where);
    }
    options.pool_places.emplace(name->to_display(), entry.key_place.where());
    options.pools.push_back(std::move(pool));
  }
}

}  // namespace rollcall::config
