#include "setup/check_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/views.hpp"
#include "daemon/service_user.hpp"
#include "files/file_reader.hpp"
#include "log/print.hpp"
#include "pool/pool_check.hpp"
#include "setup/agent_keys.hpp"
#include "setup/named_files.hpp"
#include "setup/reach.hpp"

namespace rollcall::setup {
namespace {

void append(Diagnostics& to, Diagnostics from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Where probes of a member go.
void add_targets(const pool::PoolSpec& pool, const IpAddress& member, const SourcePosition& where,
                 Reach& reach) {
  const auto own = pool.members.find(member);
  const bool elsewhere = own != pool.members.end() && own->second.probe_address;
  const IpAddress& target = elsewhere ? *own->second.probe_address : member;
  for (const health::CheckSpec& check : pool.checks) reach.add(check, target, where);
}

/// Where a key is missing, no restart ever comes of it: better told before one is needed.
void check_agent_key(const pool::PoolSpec& pool, const IpAddress& member,
                     const SourcePosition& where, const agent_link::AgentSettings& agents,
                     Diagnostics& found) {
  if (!agents.has_keys() || agents.key_of(member) != nullptr) return;
  const auto own = pool.members.find(member);
  const bool differs = own != pool.members.end() && own->second.restart;
  const std::string& service = differs ? *own->second.restart : pool.restart;
  if (service.empty()) return;
  found.push_back({Severity::warning, where,
                   fmt::format("pool {}: {} is not restarted on {}: agents.keys_dir has no {}{}",
                               pool.name.to_display(), service, member.to_string(),
                               member.to_string(), kAgentKeyEnding)});
}

/// @param options and `pools` must outlive it
pool::Served served_zones(const config::Options& options, const ZonePools& pools,
                          LoadedZones zones) {
  pool::Served served;
  for (const zone::Zone* zone : zones) served.zones.emplace(zone->origin(), zone);
  for (const pool::WitnessSpec& witness : options.health.guard.witnesses) {
    served.witnesses.insert(witness.address.to_string());
  }
  served.zone_of = [&pools](const dns::Name& name) -> std::optional<dns::Name> {
    const zone::ZoneSpec* zone = pools.zone_of(name);
    return zone ? std::optional(zone->origin.name()) : std::nullopt;
  };
  served.place_of = [&options](const dns::Name& pool) { return place_of(pool, options); };
  served.member_place = [&options](const dns::Name& pool, const std::string& member) {
    const auto place = options.member_places.find({pool.to_display(), member});
    return place == options.member_places.end() ? place_of(pool, options) : place->second;
  };
  return served;
}

/// @return null if the file has errors, or the zone has no file
std::shared_ptr<const zone::Zone> check_zone(const zone::ZoneSpec& zone,
                                             const config::Options& options,
                                             const files::ReadText& read, CheckedFiles& checked) {
  if (zone.transfer.is_transferred()) {
    checked.summary.push_back(fmt::format("zone {}: transferred from {}", zone.origin.to_display(),
                                          zone.transfer.primaries[0].address.to_string()));
    return nullptr;
  }
  const zone::PoolPlace place = [&](const dns::Name& pool) { return place_of(pool, options); };
  zone::LoadReport report = zone::load_zone(zone, files::reader_beside(zone.file, read), {}, place);
  append(checked.diagnostics, std::move(report.diagnostics));
  if (!report.zone) return nullptr;
  checked.summary.push_back(fmt::format(
      "zone {}: serial {}, records {}, pools {}", zone.origin.to_display(),
      report.zone->soa().serial, report.zone->records(), zone.pools.size() + zone.mx_pools.size()));
  return report.zone;
}

void check_user(const config::Options& options, Diagnostics& found) {
  const std::string& user = options.server.user;
  if (user.empty() || daemon::find_user(user)) return;
  found.push_back({Severity::error, options.server.user_where,
                   fmt::format("server.user: no user \"{}\" on this machine", user)});
}

}  // namespace

SourcePosition place_of(const dns::Name& pool, const config::Options& options) {
  const auto found = options.pool_places.find(pool.to_display());
  return found == options.pool_places.end() ? SourcePosition{options.file, 0, 0} : found->second;
}

Diagnostics check_pools(const config::Options& options, const ZonePools& pools,
                        const agent_link::AgentSettings& agents, LoadedZones zones) {
  Diagnostics found;
  const auto has_pools = [&](const zone::Zone* zone) { return !pools.of(zone->origin()).empty(); };
  if (std::ranges::none_of(zones, has_pools)) return found;  // most of tens of thousands of zones
  const pool::Served served = served_zones(options, pools, zones);
  Reach reach;
  Diagnostics keys;
  const auto probed = [&](const pool::PoolSpec& pool, const IpAddress& member,
                          const SourcePosition& where) {
    add_targets(pool, member, where, reach);
    check_agent_key(pool, member, where, agents, keys);
  };
  for (const zone::Zone* zone : zones) {
    append(found, pool::check_pools(pools.of(zone->origin()), *zone, served, probed));
  }
  append(found, std::move(keys));
  append(found, reach.find(options.server.user));
  if (found.size() > kMaxDiagnostics) keep_first(found, options.file);
  return found;
}

CheckedFiles check_files(const std::string& config_file) {
  CheckedFiles checked;
  const Result<files::FileText> file = files::read_directly()(config_file, {});
  if (!file) {
    checked.diagnostics.push_back({Severity::error, {}, file.error().message});
    return checked;
  }
  config::ParsedOptions parsed =
      config::parse_options(file->text, config_file, files::find_service_port);
  checked.diagnostics = std::move(parsed.diagnostics);
  if (!parsed.options) return checked;
  assign_pools(*parsed.options);
  const files::ReadText read = files::read_file;  // no pipes: a start refuses them, too
  check_user(*parsed.options, checked.diagnostics);
  NamedFiles named = read_named_files(*parsed.options, read);
  append(checked.diagnostics, std::move(named.diagnostics));
  const ZonePools pools(*parsed.options);
  std::vector<std::shared_ptr<const zone::Zone>> kept;
  std::vector<const zone::Zone*> zones;
  for (const zone::ZoneSpec& zone : parsed.options->zones) {
    kept.push_back(check_zone(zone, *parsed.options, read, checked));
    if (kept.back()) zones.push_back(kept.back().get());
  }
  append(checked.diagnostics, check_pools(*parsed.options, pools, named.agents, zones));
  return checked;
}

int run_check(const std::string& config_file, bool as_json) {
  const CheckedFiles checked = check_files(config_file);
  const bool good = !has_errors(checked.diagnostics);
  const std::string verdict = config_file + (good ? ": OK" : ": has errors");
  if (as_json) {
    log::print_out(good ? api::done_reply(verdict, checked.diagnostics)
                        : api::failure_reply(verdict, checked.diagnostics));
    return good ? 0 : 1;
  }
  log::print_error(checked.diagnostics);
  for (const std::string& line : checked.summary) log::print_out(line);
  good ? log::print_out(verdict) : log::print_error(verdict);
  return good ? 0 : 1;
}

int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json) {
  const zone::LoadReport report =
      zone::load_zone({origin, file}, files::reader_beside(file, files::read_directly()));
  const std::string verdict =
      report.zone ? fmt::format("zone {}/IN: loaded serial {}", origin.to_display(),
                                report.zone->soa().serial)
                  : fmt::format("zone {}/IN: not loaded due to errors.", origin.to_display());
  if (as_json) {
    log::print_out(report.zone ? api::done_reply(verdict, report.diagnostics)
                               : api::failure_reply(verdict, report.diagnostics));
    return report.zone ? 0 : 1;
  }
  log::print_error(report.diagnostics);
  report.zone ? log::print_out(verdict) : log::print_error(verdict);
  if (report.zone) log::print_out("OK");
  return report.zone ? 0 : 1;
}

}  // namespace rollcall::setup
