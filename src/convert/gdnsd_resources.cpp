#include "convert/gdnsd_resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/number.hpp"
#include "zone/shares.hpp"

namespace rollcall::convert {
namespace {

constexpr std::array<std::string_view, 4> kAddressPlugins{"multifo", "weighted", "simplefo",
                                                          "static"};
constexpr std::array<std::string_view, 7> kParameters{
    "service_types", "up_thresh", "multi", "ignore_health", "plugin", "datacenters", "dcmap"};
constexpr std::size_t kMostNotes = 20;  // of a resource, which many records may use
constexpr std::size_t kTiers = 2;       // primary, backup

bool is_parameter(std::string_view key) {
  return std::ranges::find(kParameters, key) != kParameters.end();
}

}  // namespace

bool GdnsdResource::has_backups() const {
  return std::ranges::any_of(addresses, &GdnsdAddress::backup);
}

void GdnsdResource::note(std::string text) {
  if (notes.size() < kMostNotes) notes.push_back(std::move(text));
  if (notes.size() == kMostNotes) notes.back() = "and more";
}

GdnsdResources::Scope GdnsdResources::inner(const Scope& outer, const VscfValue& map) {
  Scope scope = outer;
  if (const VscfValue* plugin = map.find("plugin")) scope.plugin = plugin->word.text;
  if (const VscfValue* services = map.find("service_types")) scope.services = services->texts();
  if (const VscfValue* multi = map.find("multi")) scope.multi = multi->is_true();
  if (const VscfValue* ignore = map.find("ignore_health")) scope.ignore_health = ignore->is_true();
  if (const VscfValue* share = map.find("up_thresh"); share != nullptr && share->is_text()) {
    const auto number = parse_number<double>(share->word.text);
    if (number && *number > 0 && *number <= 1) scope.up_thresh = *number;
  }
  return scope;
}

void GdnsdResources::define(const VscfValue& plugins) {
  for (const VscfEntry& plugin : plugins.entries) {
    const std::string& name = plugin.key.text;
    if (name == "metafo") {
      define_metafo(plugin.value);
    } else if (std::ranges::find(kAddressPlugins, name) != kAddressPlugins.end()) {
      define_plugin(plugin);
    } else {
      target_.left(plugin.where(),
                   fmt::format("plugin {}: {}", name,
                               name == "geoip" ? "answers do not depend on the client's place"
                                               : "Rollcall has nothing like it"));
    }
  }
}

void GdnsdResources::define_plugin(const VscfEntry& plugin) {
  const Scope scope = inner({.plugin = plugin.key.text}, plugin.value);
  for (const VscfEntry& entry : plugin.value.entries) {
    if (is_parameter(entry.key.text)) continue;
    const std::string name = scope.plugin + "!" + entry.key.text;
    Known known{.resource = read_resource(entry.value, scope)};
    known.resource.where = entry.where();
    if (!known_.emplace(name, std::move(known)).second) {
      target_.left(entry.where(), fmt::format("{} is defined twice", name));
    }
  }
}

void GdnsdResources::define_metafo(const VscfValue& plugin) {
  const Scope top = inner({.plugin = "multifo"}, plugin);
  const VscfValue* resources = plugin.find("resources");
  if (resources == nullptr) return;
  for (const VscfEntry& entry : resources->entries) {
    const Scope scope = inner(top, entry.value);
    Known known;
    known.resource.where = entry.where();
    const VscfValue* order = entry.value.find("datacenters");
    const VscfValue* map = entry.value.find("dcmap");
    std::map<std::string, const VscfValue*> values;
    if (map != nullptr) {
      for (const VscfEntry& one : map->entries) values.emplace(one.key.text, &one.value);
    }
    for (const std::string& name : order ? order->texts() : std::vector<std::string>{}) {
      known.parts.push_back(read_part(name, values[name], scope));
      known_.emplace(
          fmt::format("metafo!{}/{}", entry.key.text, name),
          Known{.resource = {.where = entry.where()}, .parts = {known.parts.back()}, .used = true});
    }
    known_.emplace("metafo!" + entry.key.text, std::move(known));
  }
}

GdnsdResources::Part GdnsdResources::read_part(const std::string& name, const VscfValue* value,
                                               const Scope& scope) {
  Part part{.name = name, .reference = {}, .own = {}};
  if (value == nullptr) return part;
  if (value->is_text() && value->word.text.starts_with('%')) {
    part.reference = value->word.text.substr(1);
  } else if (value->is_text() && value->word.text.starts_with('!')) {
    part.reference = scope.plugin + value->word.text;
  } else {
    part.own = read_resource(*value, scope);
  }
  return part;
}

GdnsdResource GdnsdResources::read_resource(const VscfValue& value, const Scope& outer) {
  const Scope scope = inner(outer, value);
  GdnsdResource resource;
  resource.where = value.where();
  resource.services = scope.services;
  resource.observe_only = scope.ignore_health;
  resource.weighted = scope.plugin == "weighted";
  resource.single = resource.weighted && !scope.multi;
  if (scope.plugin == "multifo" || resource.weighted) {
    resource.min_healthy = std::max(1U, static_cast<unsigned>(std::lround(scope.up_thresh * 100)));
  }
  read_addresses(value, scope, resource);
  return resource;
}

void GdnsdResources::read_addresses(const VscfValue& value, const Scope& scope,
                                    GdnsdResource& resource) {
  if (value.is_text()) add_target(value.word.text, 1, false, resource);
  for (const std::string& text : value.is_list() ? value.texts() : std::vector<std::string>{}) {
    add_target(text, 1, false, resource);
  }
  for (const VscfEntry& entry : value.entries) read_entry(entry, scope, resource);
}

void GdnsdResources::read_entry(const VscfEntry& entry, const Scope& outer,
                                GdnsdResource& resource) {
  const std::string& key = entry.key.text;
  const VscfValue& value = entry.value;
  if (is_parameter(key)) return;
  if (key == "addrs_v4" || key == "addrs_v6") {
    const Scope scope = inner(outer, value);
    if (resource.addresses.empty()) {
      resource.services = scope.services;
    } else if (scope.services != resource.services) {
      resource.note(key + ": the checks of a pool are for all of its addresses");
    }
    read_addresses(value, scope, resource);
  } else if (value.is_text()) {
    add_target(value.word.text, 1, outer.plugin == "simplefo" && key == "secondary", resource);
  } else if (value.is_list()) {
    const std::vector<std::string> pair = value.texts();
    const auto weight = pair.size() == 2 ? parse_number<unsigned>(pair[1]) : std::nullopt;
    if (weight) {
      add_target(pair[0], *weight, false, resource);
    } else {
      resource.note(key + ": expected [ address, weight ]");
    }
  } else {
    resource.note(key + ": the weights of groups count within one pool");
    read_addresses(value, outer, resource);
  }
}

void GdnsdResources::add_target(const std::string& text, unsigned weight, bool backup,
                                GdnsdResource& resource) {
  if (resource.addresses.size() + resource.aliases.size() == zone::kMaxWatchedRecords) {
    return resource.note(fmt::format("a pool has at most {} records", zone::kMaxWatchedRecords));
  }
  const auto address = IpAddress::parse(text);
  const auto alias = dns::Name::parse(text);
  if (address) {
    resource.addresses.push_back({*address, weight, backup});
  } else if (alias && !text.empty()) {
    resource.aliases.emplace_back(*alias, weight);
  } else {
    resource.note(fmt::format("{}: neither an address nor a name", text));
  }
}

std::optional<GdnsdResource> GdnsdResources::use(const std::string& name) {
  const auto found = known_.find(name);
  if (found == known_.end()) return std::nullopt;
  found->second.used = true;
  return found->second.parts.empty() ? found->second.resource : join(found->second);
}

GdnsdResource GdnsdResources::use_part(const Part& part) {
  if (part.reference.empty()) return part.own;
  const auto found = known_.find(part.reference);
  if (found != known_.end() && found->second.parts.empty()) {
    found->second.used = true;
    return found->second.resource;
  }
  GdnsdResource missing;
  missing.note(fmt::format("datacenter {}: no addresses in %{}", part.name, part.reference));
  return missing;
}

/// The first datacenter with addresses is the primary tier, the second one the backup tier.
GdnsdResource GdnsdResources::join(const Known& metafo) {
  GdnsdResource joined;
  std::set<IpAddress> seen;
  std::size_t tiers = 0;
  for (const Part& part : metafo.parts) {
    GdnsdResource own = use_part(part);
    for (const std::string& note : own.notes) joined.note(note);
    if (own.addresses.empty() && metafo.parts.size() > 1) {
      joined.note(
          fmt::format("datacenter {}: a pool's members are addresses, not names", part.name));
      continue;
    }
    if (tiers == kTiers) {
      joined.note(
          fmt::format("datacenter {}: a pool has two tiers, primary and backup", part.name));
      continue;
    }
    if (tiers++ == 0) {
      own.notes = std::move(joined.notes);
      joined = std::move(own);
      for (const GdnsdAddress& one : joined.addresses) seen.insert(one.address);
      continue;
    }
    if (own.services != joined.services) {
      joined.note(fmt::format("datacenter {}: the checks of a pool are for all of its addresses",
                              part.name));
    }
    for (GdnsdAddress& one : own.addresses) {
      one.backup = true;
      if (joined.addresses.size() < zone::kMaxWatchedRecords && seen.insert(one.address).second) {
        joined.addresses.push_back(one);
      }
    }
  }
  joined.where = metafo.resource.where;
  return joined;
}

void GdnsdResources::report_unused() {
  for (const auto& [name, known] : known_) {
    if (!known.used) target_.left(known.resource.where, fmt::format("{}: no record uses it", name));
  }
}

}  // namespace rollcall::convert
